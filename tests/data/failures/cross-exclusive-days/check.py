from datetime import date

from periods import Period
from usage import daily_average

assert Period(date(2024, 2, 5), date(2024, 2, 11)).days == 7
assert Period(date(2024, 2, 29), date(2024, 2, 29)).days == 1
assert Period(date(2024, 2, 1), date(2024, 2, 10)).next() == Period(date(2024, 2, 11), date(2024, 2, 20))
readings = {date(2024, 2, day): 10.0 for day in range(1, 30)}
assert daily_average(readings, Period(date(2024, 2, 5), date(2024, 2, 11))) == 10.0
assert daily_average(readings, Period(date(2024, 2, 29), date(2024, 2, 29))) == 10.0
