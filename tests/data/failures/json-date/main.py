"""Export bookings for the web calendar."""

import json
from dataclasses import asdict, dataclass
from datetime import date


@dataclass
class Booking:
    guest: str
    arrival: date
    departure: date

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days


def export(bookings: list[Booking]) -> str:
    """Return the bookings as a JSON array by day of arrival, with the number of nights; dates are YYYY-MM-DD."""
    rows = []
    for booking in sorted(bookings, key=lambda booking: booking.arrival):
        row = asdict(booking)
        row["nights"] = booking.nights
        rows.append(row)
    return json.dumps(rows, indent=1)


def main() -> None:
    bookings = [
        Booking("Okafor", date(2024, 7, 5), date(2024, 7, 9)),
        Booking("Lind", date(2024, 6, 29), date(2024, 7, 1)),
    ]
    print(export(bookings))


if __name__ == "__main__":
    main()
