import { parseWei, fee } from "./wallet.mjs";

const balance = parseWei("1.25");
console.log(`fee ${fee(3, parseWei("0.0005"))} of ${balance}`);
