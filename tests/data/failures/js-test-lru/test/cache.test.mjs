import assert from "node:assert/strict";
import { test } from "node:test";
import { Cache } from "../src/cache.mjs";

test("keeps what it was given", () => {
  const cache = new Cache(2);
  cache.set("a", 1);
  assert.equal(cache.get("a"), 1);
  assert.equal(cache.get("b"), undefined);
});

test("drops what was not used for the longest time", () => {
  const cache = new Cache(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assert.deepEqual(cache.keys(), ["a", "c"]);
});
