import assert from "node:assert/strict";
import { Limiter } from "./src/limiter.mjs";

const limiter = new Limiter(2, 10);
const at = (client, ...times) => times.map((time) => limiter.allows(client, time));
assert.deepEqual(at("a", 0, 5, 9, 10, 11, 15), [true, true, false, true, false, true]);
assert.deepEqual(at("b", 9, 9, 9, 18, 19), [true, true, false, false, true]);
