"""Gross prices, rounded half up to the cent."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TAX_RATES = {"standard": 0.19, "reduced": 0.07, "none": 0}


def gross(net: Decimal, category: str) -> Decimal:
    """Return the price with tax."""
    tax = net * TAX_RATES[category]
    return (net + tax).quantize(CENT, ROUND_HALF_UP)


def receipt(items: list[tuple[str, str, str]]) -> list[str]:
    """Return a line for each (name, net price, category) and a line with the sum."""
    lines = []
    total = Decimal(0)
    for name, net, category in items:
        price = gross(Decimal(net), category)
        total += price
        lines.append(f"{name:<14}{price:>8}")
    lines.append(f"{'sum':<14}{total:>8}")
    return lines


def main() -> None:
    print("\n".join(receipt([("stamps", "4.25", "none"), ("book", "18.50", "reduced"), ("mug", "7.35", "standard")])))


if __name__ == "__main__":
    main()
