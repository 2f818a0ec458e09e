import assert from "node:assert/strict";
import { merge } from "./src/settings.js";

const base = Object.freeze({ a: Object.freeze({ b: 1, c: Object.freeze({ d: 2 }) }), list: [1] });
assert.deepEqual(merge(base, { a: { c: { d: 3, e: 4 } }, list: [2] }), { a: { b: 1, c: { d: 3, e: 4 } }, list: [2] });
assert.deepEqual(base, { a: { b: 1, c: { d: 2 } }, list: [1] });
assert.deepEqual(merge({ a: 1 }, { a: { b: 1 } }), { a: { b: 1 } });
assert.deepEqual(merge({ a: { b: 1 } }, { a: null }), { a: null });
