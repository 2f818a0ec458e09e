import assert from "node:assert/strict";
import { createRequire } from "node:module";
const { reminder } = createRequire(import.meta.url)("./letter.js");

const items = [{ number: "7", amount: 10, paid: false }, { number: "8", amount: 5.5, paid: false }, { number: "9", amount: 1, paid: true }];
const today = new Date("2024-02-20T10:00:00Z");
assert.equal(reminder("Ann", items, today), "Dear Ann,\nplease pay 15.50 euros by 2024-03-05:\n  7: 10.00\n  8: 5.50");
assert.equal(reminder("Bob", [items[2]], today), null);
