import assert from "node:assert/strict";
import { groupBy } from "./group.mjs";
import { ranking } from "./ranking.mjs";

const groups = groupBy([3, 1, 4, 10], (n) => n % 2);
assert.ok(groups instanceof Map);
assert.deepEqual([...groups], [[1, [3, 1]], [0, [4, 10]]]);
assert.deepEqual(ranking(groupBy(["b", "a", "b", "constructor"], (x) => x)), ["1. b (2)", "2. a (1)", "3. constructor (1)"]);
