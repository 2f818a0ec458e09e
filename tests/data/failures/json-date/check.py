import json
from datetime import date

from main import Booking, export

bookings = [Booking("B", date(2024, 7, 5), date(2024, 7, 9)), Booking("A", date(2024, 6, 29), date(2024, 7, 1))]
assert json.loads(export(bookings)) == [
    {"guest": "A", "arrival": "2024-06-29", "departure": "2024-07-01", "nights": 2},
    {"guest": "B", "arrival": "2024-07-05", "departure": "2024-07-09", "nights": 4},
]
assert json.loads(export([])) == []
assert bookings[0].arrival == date(2024, 7, 5)
