import assert from "node:assert/strict";
import { exchange, UnknownCurrencyError } from "./exchange.mjs";
import { parseFeed } from "./feed.mjs";

assert.deepEqual(parseFeed(" A 2 \nB   4\n\nC 0.5\n"), { A: 2, B: 4, C: 0.5 });
const load = async () => parseFeed("EUR 1\n USD 1.5\nJPY 150 \n");
assert.equal(await exchange(10, "USD", "JPY", load), 1000);
await assert.rejects(exchange(1, "EUR", "XXX", load), UnknownCurrencyError);
await assert.rejects(exchange(1, "EUR", " USD", load), UnknownCurrencyError);
