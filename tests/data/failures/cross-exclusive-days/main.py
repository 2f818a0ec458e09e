from datetime import date

from periods import Period
from usage import daily_average

READINGS = {date(2024, 2, day): 8.0 + day / 10 for day in range(1, 30)}


def main() -> None:
    week = Period(date(2024, 2, 5), date(2024, 2, 11))
    leap_day = Period(date(2024, 2, 29), date(2024, 2, 29))
    for period in (week, week.next(), leap_day):
        print(f"{period.first} to {period.last}: {daily_average(READINGS, period)} kWh a day")


if __name__ == "__main__":
    main()
