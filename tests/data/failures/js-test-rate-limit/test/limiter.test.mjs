import assert from "node:assert/strict";
import { test } from "node:test";
import { Limiter } from "../src/limiter.mjs";

test("allows so many calls in a window", () => {
  const limiter = new Limiter(2, 1000);
  assert.deepEqual([0, 10, 20].map((now) => limiter.allows("ann", now)), [true, true, false]);
});

test("a call is forgotten when its window has passed", () => {
  const limiter = new Limiter(1, 1000);
  limiter.allows("bob", 0);
  assert.equal(limiter.allows("bob", 999), false);
  assert.equal(limiter.allows("bob", 1000), true);
});
