import { readBookings } from "./bookings.mjs";
import { toCalendar } from "./calendar.mjs";

const text = "04.03.2024 Dentist 45\n27.03.2024 Parents' evening 90\n";
console.log(toCalendar(readBookings(text)));
