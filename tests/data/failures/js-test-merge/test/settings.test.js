import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../src/settings.js";

const DEFAULTS = { editor: { tabs: 4, wrap: true }, files: ["*.tmp"] };

test("settings replace defaults", () => {
  const settings = merge(DEFAULTS, { editor: { tabs: 2 } });
  assert.deepEqual(settings, { editor: { tabs: 2, wrap: true }, files: ["*.tmp"] });
});

test("defaults stay what they are", () => {
  merge(DEFAULTS, { editor: { tabs: 8 } });
  assert.equal(DEFAULTS.editor.tabs, 4);
});
