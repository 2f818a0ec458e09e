import assert from "node:assert/strict";
import { Cache } from "./src/cache.mjs";

const cache = new Cache(2);
for (const [key, value] of [["a", 1], ["b", undefined], ["a", 3]]) cache.set(key, value);
assert.deepEqual(cache.keys(), ["b", "a"]);
assert.equal(cache.get("b"), undefined);
assert.deepEqual(cache.keys(), ["a", "b"]);
assert.equal(cache.get("x"), undefined);
cache.set("c", 4);
assert.deepEqual(cache.keys(), ["b", "c"]);
assert.equal(cache.get("a"), undefined);
