"""Bookings of a holiday flat. A stay is the nights from arrival up to, not including, the day of departure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Stay:
    guest: str
    arrival: date
    departure: date

    def overlaps(self, other: "Stay") -> bool:
        """Return whether the two stays share a night."""
        return self.arrival <= other.departure and other.arrival <= self.departure


class Calendar:
    def __init__(self) -> None:
        self.stays: list[Stay] = []

    def book(self, stay: Stay) -> bool:
        """Add the stay and return True, or return False when the flat is taken."""
        if any(stay.overlaps(taken) for taken in self.stays):
            return False
        self.stays.append(stay)
        return True
