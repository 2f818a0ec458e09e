import assert from "node:assert/strict";
import { convert, UnknownUnitError } from "./units.mjs";

assert.equal(convert(1, "mile", "metre"), 1609.344);
assert.equal(convert(100, "Yards", "metres").toFixed(2), "91.44");
assert.equal(convert(1, "inches", "centimetre").toFixed(2), "2.54");
assert.equal(convert(2, "kilometres", "metre"), 2000);
assert.throws(() => convert(1, "cubit", "mile"), UnknownUnitError);
