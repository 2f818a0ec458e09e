import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "../src/query.mjs";

test("plain values", () => {
  assert.deepEqual(parseQuery("?page=2&sort=name"), { page: "2", sort: "name" });
});

test("signs are decoded", () => {
  assert.deepEqual(parseQuery("q=caf%C3%A9+au+lait"), { q: "café au lait" });
});

test("a repeated key gives a list", () => {
  assert.deepEqual(parseQuery("tag=new&tag=sale&page=1"), { tag: ["new", "sale"], page: "1" });
});
