import assert from "node:assert/strict";
import { test } from "node:test";
import { split, type Share } from "../src/money.ts";

test("equal shares", () => {
  const shares: Share[] = split(900, ["ann", "bob", "cyd"]);
  assert.deepEqual(shares.map((share) => share.cents), [300, 300, 300]);
});

test("the first ones pay the odd cents", () => {
  const shares = split(1000, ["ann", "bob", "cyd"]);
  assert.deepEqual(shares.map((share) => share.cents), [334, 333, 333]);
});
