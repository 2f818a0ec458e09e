import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
const { backupAll } = createRequire(import.meta.url)("./backup.js");

const folder = mkdtempSync("t-");
for (const name of ["b.txt", "a.txt", "c.md"]) writeFileSync(`${folder}/${name}`, name);
assert.deepEqual(await backupAll(folder, `${folder}/x/y`, ".txt"), ["a.txt", "b.txt"]);
assert.equal(readFileSync(`${folder}/x/y/b.txt`, "utf8"), "b.txt");
await assert.rejects(backupAll("none", folder, ""), /ENOENT/);
