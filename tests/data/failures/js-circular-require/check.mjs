import assert from "node:assert/strict";
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { Folder } = require("./folder.js");
const { File } = require("./file.js");
const { kindOf } = require("./format.js");

const root = new Folder("r", [new File("a", 1), new Folder("s", [new File("b", 2)])]);
assert.equal(root.describe(), "r/ 3\n  a 1 (file)\n  s/ 2\n    b 2 (file)");
assert.equal(kindOf(root), "folder");
assert.equal(kindOf(root.children[0]), "file");
