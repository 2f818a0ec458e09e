import assert from "node:assert/strict";
import { table } from "./text.mjs";

assert.equal(table([["name", "n"], ["a", 10], ["bcdef", 7]]), "name  n\na     10\nbcdef  7");
assert.equal(table([["x"]]), "x");
