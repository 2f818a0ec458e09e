import assert from "node:assert/strict";
import test from "node:test";
import { newest, satisfies } from "../src/versions.mjs";

test("newest of several", () => {
  assert.equal(newest(["1.2.0", "1.10.0", "1.9.3"]), "1.10.0");
});

test("caret ranges", () => {
  assert.ok(satisfies("1.4.2", "^1.3.0"));
  assert.ok(!satisfies("2.0.0", "^1.3.0"));
});
