import assert from "node:assert/strict";
import { createRequire } from "node:module";
const { History } = createRequire(import.meta.url)("./history.js");

const history = new History(3);
assert.deepEqual(history.last(5), []);
history.push("a");
assert.deepEqual(history.last(2), ["1: a"]);
for (const one of ["b", "c", "d"]) history.push(one);
assert.deepEqual(history.last(3), ["4: d", "3: c", "2: b"]);
assert.deepEqual(history.last(9), ["4: d", "3: c", "2: b"]);
history.push("e");
assert.deepEqual(history.last(2), ["5: e", "4: d"]);
