"""Average use of electricity."""

from datetime import date

from periods import Period


def daily_average(readings: dict[date, float], period: Period) -> float:
    """Return the kWh a day within the period."""
    used = sum(kwh for day, kwh in readings.items() if day in period)
    return round(used / period.days, 2)
