"""Daily statistics of temperature readings."""

from collections import defaultdict

READINGS = [
    ("2024-03-01", 4.5),
    ("2024-03-01", 7.1),
    ("2024-03-02", None),
    ("2024-03-03", 6.0),
    ("2024-03-03", None),
    ("2024-03-03", 9.0),
]


def by_day(readings: list[tuple[str, float | None]]) -> dict[str, list[float]]:
    """Return the readings of each day; a sensor that is offline reports None, which is left out."""
    days: dict[str, list[float]] = defaultdict(list)
    for day, value in readings:
        values = days[day]
        if value is not None:
            values.append(value)
    return dict(days)


def mean(values: list[float]) -> float | None:
    """Return the mean rounded to one digit, None when there is no value."""
    return round(sum(values) / len(values), 1)


def summary(readings: list[tuple[str, float | None]]) -> list[str]:
    """Return a line a day; days without readings show a dash."""
    lines = []
    for day, values in sorted(by_day(readings).items()):
        average = mean(values)
        lines.append(f"{day} {'-' if average is None else average}")
    return lines


if __name__ == "__main__":
    print("\n".join(summary(READINGS)))
