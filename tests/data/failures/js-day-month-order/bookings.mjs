const BOOKING = /^(\d\d)\.(\d\d)\.(\d{4}) (.+) (\d+)$/;

/** Return the bookings in lines such as "27.03.2024 Dentist 45" (day, month, year; minutes last). */
export function readBookings(text) {
  const bookings = [];
  for (const line of text.split("\n")) {
    const found = BOOKING.exec(line.trim());
    if (found === null) continue;
    const [, month, day, year, title, minutes] = found;
    bookings.push({ title, minutes: Number(minutes), start: new Date(`${year}-${month}-${day}T09:00:00Z`) });
  }
  return bookings;
}
