"""A fixed-width sales report."""

SALES = [
    ("Keyboard", 12, 39.90),
    ("Monitor", 3, 229.00),
    ("Cable", 140, 4.25),
]


def report(sales: list[tuple[str, int, float]]) -> str:
    """Return one row a product and a last row with the total, amounts right-aligned in 10 columns."""
    rows = []
    total = 0.0
    for product, count, price in sales:
        amount = count * price
        total += amount
        rows.append(f"{product:<12}{count:>6}{amount:>10.2f}")
    rows.append(f"{'Total':<18}{total:>10.2f")
    return "\n".join(rows)


if __name__ == "__main__":
    print(report(SALES))
