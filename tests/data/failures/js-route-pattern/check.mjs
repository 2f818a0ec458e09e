import assert from "node:assert/strict";
import { createRequire } from "node:module";
const { Router } = createRequire(import.meta.url)("./router.js");

const router = new Router();
router.add("/a/:slug", (params) => params.slug);
router.add("/u/:id/o/:order", (params) => `${params.id}|${params.order}`);
router.add("/", () => "home");
assert.equal(router.handle("/a/hello-world"), "hello-world");
assert.equal(router.handle("/a/v1.2~b"), "v1.2~b");
assert.equal(router.handle("/u/a-b/o/c%20d"), "a-b|c%20d");
assert.equal(router.handle("/"), "home");
assert.throws(() => router.handle("/a"), /no route/);
assert.throws(() => router.handle("/a/b/c"), /no route/);
