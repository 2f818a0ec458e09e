import assert from "node:assert/strict";
import { split } from "./src/money.ts";

for (const [cents, n, wanted] of [[101, 2, [51, 50]], [5, 3, [2, 2, 1]], [0, 2, [0, 0]], [2, 3, [1, 1, 0]], [900, 3, [300, 300, 300]]]) {
  assert.deepEqual(split(cents, ["a", "b", "c"].slice(0, n)).map((share) => share.cents), wanted);
}
