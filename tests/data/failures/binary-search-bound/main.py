"""Find the price that was valid on a day, in a list sorted by day."""

PRICES = [
    ("2024-01-01", 310),
    ("2024-02-15", 325),
    ("2024-06-01", 299),
    ("2024-09-10", 340),
]


def find_last(days: list[str], day: str) -> int:
    """Return the index of the last entry that is not after `day`, -1 when all are after it."""
    low = 0
    high = len(days)
    while low <= high:
        middle = (low + high) // 2
        if days[middle] <= day:
            low = middle + 1
        else:
            high = middle - 1
    return high


def price_on(day: str) -> int | None:
    """Return the price in cents, None before the first entry."""
    index = find_last([entry[0] for entry in PRICES], day)
    return PRICES[index][1] if index >= 0 else None


def main() -> None:
    for day in ("2023-12-31", "2024-02-15", "2024-08-01", "2024-12-24"):
        print(day, price_on(day))


if __name__ == "__main__":
    main()
