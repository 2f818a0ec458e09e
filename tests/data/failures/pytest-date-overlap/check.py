from datetime import date

from booking import Calendar, Stay


def stay(first, last):
    return Stay("x", date(2024, 5, first), date(2024, 5, last))


for first, last, taken in [(1, 3, False), (8, 9, False), (2, 4, True), (7, 9, True), (4, 5, True), (1, 20, True), (3, 8, True)]:
    assert stay(3, 8).overlaps(stay(first, last)) is taken, (first, last)
    assert stay(first, last).overlaps(stay(3, 8)) is taken, (first, last)
calendar = Calendar()
assert calendar.book(stay(3, 8)) and calendar.book(stay(8, 10)) and not calendar.book(stay(9, 11))
