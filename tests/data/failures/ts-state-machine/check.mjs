import assert from "node:assert/strict";
import { Machine } from "./machine.ts";
import { ORDER } from "./order.ts";

for (const targets of Object.values(ORDER)) for (const target of Object.values(targets)) assert.ok(target in ORDER, target);
assert.deepEqual(Object.keys(ORDER).sort(), ["cancelled", "created", "delivered", "paid", "shipped"]);
const machine = new Machine(ORDER, "created");
assert.deepEqual(["pay", "ship", "lose", "ship", "deliver"].map((event) => machine.send(event)), ["paid", "shipped", "paid", "shipped", "delivered"]);
assert.throws(() => machine.send("pay"), /cannot pay what is delivered/);
