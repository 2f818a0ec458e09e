import assert from "node:assert/strict";
import { draw, histogram } from "./histogram.mjs";

assert.deepEqual(histogram([0, 1, 2.5, 9.9, 10, 11, -1], 0, 10, 4), [2, 1, 0, 2]);
assert.deepEqual(histogram([], 0, 1, 2), [0, 0]);
assert.equal(draw([2, 0, 1]), "##\n\n#");
