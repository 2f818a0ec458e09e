import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { report } from "./report.mjs";

await writeFile("t.json", JSON.stringify({ stations: [
  { name: "a", readings: [1, 3] }, { name: "b", readings: [10] }, { name: "c", readings: [4, 5] } ] }));
assert.equal(await report("t.json", 3), "b: 10.0\nc: 4.5");
assert.equal(await report("t.json", 20), "");
await assert.rejects(report("none.json", 1), /ENOENT/);
