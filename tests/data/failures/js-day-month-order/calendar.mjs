const stamp = (date) => date.toISOString().replace(/[-:]|\.\d+/g, "");

/** Return the bookings as lines of an iCalendar file. */
export function toCalendar(bookings) {
  return bookings
    .map(({ title, start, minutes }) => {
      const end = new Date(start.getTime() + minutes * 60_000);
      return [`SUMMARY:${title}`, `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`].join("\n");
    })
    .join("\n\n");
}
