import assert from "node:assert/strict";
import { parseQuery } from "./src/query.mjs";

assert.deepEqual(parseQuery("a=1&a=2&a=3&b=%26&c&d=x=y"), { a: ["1", "2", "3"], b: "&", c: "", d: "x=y" });
assert.deepEqual(parseQuery("?"), {});
assert.deepEqual(parseQuery("toString=1"), { toString: "1" });
