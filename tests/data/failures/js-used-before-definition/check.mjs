import assert from "node:assert/strict";
import { plan } from "./loan.mjs";

const rows = plan(1_000_000, 0.06, 4);
assert.deepEqual(rows.map((row) => row.interest), [5000, 3759, 2512, 1259]);
assert.equal(rows.reduce((sum, row) => sum + row.repaid, 0), 1_000_000);
assert.deepEqual(rows.at(-1).left, 0);
assert.equal(rows[0].interest + rows[0].repaid, rows[1].interest + rows[1].repaid);
assert.deepEqual(plan(1200, 0.12, 1), [{ month: 1, interest: 12, repaid: 1200, left: 0 }]);
