import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { byLevel, parseEntry } from "./entries.mjs";

assert.deepEqual(parseEntry("1 WARN a b"), { time: "1", level: "WARN", text: "a b" });
assert.deepEqual(byLevel([{ level: "A" }, { level: "B" }, { level: "B" }]), [["B", 2], ["A", 1]]);
assert.equal(execFileSync(process.execPath, ["main.mjs"], { encoding: "utf8" }), "INFO: 3\nERROR: 1\n");
