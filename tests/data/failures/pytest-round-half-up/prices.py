"""Prices after discount; half cents go up, as the price list says."""

from decimal import Decimal

CENT = Decimal("0.01")


def to_cents(amount: Decimal) -> Decimal:
    """Return the amount rounded half up to two digits."""
    return amount.quantize(CENT)


def discounted(price: str, percent: int) -> Decimal:
    """Return the price less the discount."""
    return to_cents(Decimal(price) * (100 - percent) / 100)


def bundle(prices: list[str], percent: int) -> Decimal:
    """Return the sum of the discounted prices, each rounded by itself."""
    return sum((discounted(price, percent) for price in prices), Decimal(0))
