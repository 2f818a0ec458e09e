import assert from "node:assert/strict";
import { createRequire } from "node:module";
const { page } = createRequire(import.meta.url)("./lib/pages.js");

assert.deepEqual(page([1, 2, 3], 2, 2), { rows: [3], number: 2, pages: 2, next: null });
assert.deepEqual(page([1, 2, 3, 4], 2, 2), { rows: [3, 4], number: 2, pages: 2, next: null });
assert.deepEqual(page([1, 2, 3, 4], 9, 2).number, 2);
assert.deepEqual(page([], 0, 5), { rows: [], number: 1, pages: 1, next: null });
assert.equal(page([1, 2, 3], 1, 2).next, 2);
