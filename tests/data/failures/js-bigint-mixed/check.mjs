import assert from "node:assert/strict";
import { fee, parseWei } from "./wallet.mjs";

assert.equal(parseWei("1.5"), 1_500_000_000_000_000_000n);
assert.equal(fee(3, 1_000_000_000_000_000_001n), 3_000_000_000_000_000_003n);
assert.equal(fee(5, 100n), 550n);
assert.equal(fee(0, 7n), 0n);
