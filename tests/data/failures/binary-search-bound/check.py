from main import find_last, price_on

for size in range(8):
    days = [f"2024-01-{2 * number + 10}" for number in range(size)]
    for number in range(9, 30):
        day = f"2024-01-{number:02}"
        expected = sum(entry <= day for entry in days) - 1
        assert find_last(days, day) == expected, (days, day, expected)
assert [price_on(d) for d in ("2023-12-31", "2024-02-15", "2024-08-01", "2024-12-24")] == [None, 325, 299, 340]
