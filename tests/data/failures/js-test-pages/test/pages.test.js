const assert = require("node:assert/strict");
const { test } = require("node:test");
const { page } = require("../lib/pages.js");

const ROWS = Array.from({ length: 23 }, (_, i) => `row ${i + 1}`);

test("the first page", () => {
  const first = page(ROWS, 1, 10);
  assert.equal(first.rows[0], "row 1");
  assert.equal(first.next, 2);
});

test("the last page holds the rest", () => {
  const last = page(ROWS, 3, 10);
  assert.deepEqual(last, { rows: ["row 21", "row 22", "row 23"], number: 3, pages: 3, next: null });
});
