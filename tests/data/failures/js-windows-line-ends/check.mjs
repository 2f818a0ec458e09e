import assert from "node:assert/strict";
import { parseTable } from "./table.mjs";
import { stockValue } from "./stock.mjs";

assert.deepEqual(parseTable("a;b\r\n1;x\r\n2;y\r\n"), [{ a: "1", b: "x" }, { a: "2", b: "y" }]);
assert.deepEqual(parseTable("a;b\n1;x\n"), [{ a: "1", b: "x" }]);
assert.equal(stockValue(parseTable("quantity;price\r\n2;0,5\r\n3;2\r\n")), 7);
