import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { slug, uniqueSlug } from "../src/slug.mjs";

describe("slug", () => {
  it("lower-cases and joins words", () => {
    assert.equal(slug("Hello World"), "hello-world");
  });

  it("drops signs", () => {
    assert.equal(slug("What's new? (2024)"), "what-s-new-2024");
  });

  it("counts on when a slug is taken", () => {
    assert.equal(uniqueSlug("Hello", new Set(["hello", "hello-2"])), "hello-3");
  });
});
