"""Working hours of a week."""

from datetime import datetime

FORMAT = "%H:%M"


def hours(entries: list[tuple[str, str]]) -> float:
    """Return the hours worked, given (start, end) pairs of one day in HH:MM."""
    seconds = sum(
        (datetime.strptime(end, FORMAT) - datetime.strptime(start, FORMAT)).total_seconds()
        for start, end in entries
    worked = seconds / 3600
    return round(worked, 2)


def overtime(week: dict[str, list[tuple[str, str]]], contract_hours: float) -> float:
    """Return the hours beyond the contract; never negative."""
    worked = sum(hours(entries) for entries in week.values())
    return max(0.0, round(worked - contract_hours, 2))
