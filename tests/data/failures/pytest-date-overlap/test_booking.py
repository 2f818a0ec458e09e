from datetime import date

from booking import Calendar, Stay


def may(day):
    return date(2024, 5, day)


def test_taken_nights_are_refused():
    calendar = Calendar()
    assert calendar.book(Stay("Lind", may(3), may(8)))
    assert not calendar.book(Stay("Okafor", may(5), may(10)))
    assert not calendar.book(Stay("Silva", may(4), may(6)))


def test_new_guest_arrives_on_day_of_departure():
    calendar = Calendar()
    first = Stay("Lind", may(3), may(8))
    second = Stay("Okafor", may(8), may(10))
    calendar.book(first)
    assert calendar.book(second) is True
    assert calendar.stays == [first, second]
