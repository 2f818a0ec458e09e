import assert from "node:assert/strict";
import { format } from "./format.ts";
import { parse } from "./parse.ts";

assert.equal(format(parse("2*-x+ 1")), "2 * -x + 1");
assert.equal(format(parse("-3")), "-3");
assert.equal(format({ kind: "negative", operand: parse("a + b") }), "-(a + b)");
assert.equal(format({ kind: "negative", operand: { kind: "negative", operand: parse("a") } }), "--a");
