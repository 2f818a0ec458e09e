import assert from "node:assert/strict";
import { settle } from "./auction.mjs";

const bid = (bidder, cents) => ({ bidder, cents });
assert.deepEqual(settle([bid("a", 15), bid("b", 21), bid("c", 18)], 10), { winner: "b", cents: 18 });
assert.deepEqual(settle([bid("a", 15)], 10), { winner: "a", cents: 10 });
assert.equal(settle([bid("a", 5)], 10), null);
assert.equal(settle([], 10), null);
assert.deepEqual(settle([bid("a", 30), bid("b", 20), bid("c", 25)], 10), { winner: "a", cents: 25 });
