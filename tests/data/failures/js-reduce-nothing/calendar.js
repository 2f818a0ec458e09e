/** Return for each day the room with the longest booking; null on a day without any. */
function busiest(week) {
  const rooms = {};
  for (const [day, bookings] of Object.entries(week)) {
    const longest = bookings.reduce((a, b) => (a.hours >= b.hours ? a : b));
    rooms[day] = longest.room;
  }
  return rooms;
}

module.exports = { busiest };
