import assert from "node:assert/strict";
import { slug, uniqueSlug } from "./src/slug.mjs";

for (const [title, wanted] of [["  Été à Paris!! ", "ete-a-paris"], ["a -- b", "a-b"], ["C++ & Go", "c-go"], ["---", ""], ["x1", "x1"]]) {
  assert.equal(slug(title), wanted);
}
assert.equal(uniqueSlug("A?", new Set()), "a");
assert.equal(uniqueSlug("A?", new Set(["a"])), "a-2");
