import assert from "node:assert/strict";
import { createRequire } from "node:module";
const { busiest } = createRequire(import.meta.url)("./calendar.js");

const booked = (room, hours) => ({ room, hours });
assert.deepEqual(busiest({ a: [booked("x", 1), booked("y", 4), booked("z", 4)], b: [], c: [booked("w", 0)] }), {
  a: "y", b: null, c: "w",
});
assert.deepEqual(busiest({}), {});
