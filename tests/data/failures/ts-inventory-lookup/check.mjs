import assert from "node:assert/strict";
import { Inventory } from "./inventory.ts";
import { readOrders } from "./orders.ts";

const articles = [{ number: "1", name: "a", stock: 5 }, { number: "2", name: "b", stock: 2 }];
const inventory = new Inventory(articles);
assert.deepEqual(readOrders("a x 3,b x 9").map((one) => inventory.take(one.name, one.quantity)), [3, 2]);
assert.deepEqual(inventory.missing(), ["b"]);
assert.equal(inventory.take("a", 9), 2);
assert.equal(articles[0].stock, 5);
assert.throws(() => inventory.take("1", 1));
