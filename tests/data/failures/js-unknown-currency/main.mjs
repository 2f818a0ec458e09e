import { exchange } from "./exchange.mjs";
import { parseFeed } from "./feed.mjs";

const feed = parseFeed("EUR 1.0000\nUSD 1.0850\n GBP 0.8560\n");
console.log(await exchange(100, "GBP", "USD", async () => feed));
