import assert from "node:assert/strict";
import { readBookings } from "./bookings.mjs";
import { toCalendar } from "./calendar.mjs";

const bookings = readBookings("27.03.2024 Tea for two 90\nnothing\n04.03.2024 A 5\n");
assert.deepEqual(bookings.map((one) => one.start.toISOString()), ["2024-03-27T09:00:00.000Z", "2024-03-04T09:00:00.000Z"]);
assert.equal(toCalendar([bookings[0]]), "SUMMARY:Tea for two\nDTSTART:20240327T090000Z\nDTEND:20240327T103000Z");
