import assert from "node:assert/strict";
import { compare, newest, satisfies } from "./src/versions.mjs";

assert.ok(compare("1.2.9", "1.2.10") < 0);
assert.ok(compare("10.0.0", "9.9.9") > 0);
assert.equal(compare("1.2.3", "1.2.3"), 0);
assert.equal(newest(["0.9.0", "0.10.0", "0.2.11"]), "0.10.0");
assert.ok(satisfies("1.10.0", "^1.9.1"));
assert.ok(!satisfies("1.9.0", "^1.9.1"));
assert.ok(satisfies("1.0.0", "1.0.0"));
