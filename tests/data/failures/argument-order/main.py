"""Amounts for invoices in several currencies."""

from decimal import ROUND_HALF_UP, Decimal

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


def format_money(amount: Decimal, currency: str) -> str:
    """Return the amount with the currency's number of decimals and its code."""
    if currency not in DIGITS:
        raise ValueError(f"unknown currency {currency!r}")
    step = Decimal(1).scaleb(-DIGITS[currency])
    return f"{amount.quantize(step, ROUND_HALF_UP):,} {currency}"


def invoice_line(description: str, quantity: int, unit_price: Decimal, currency: str) -> str:
    """Return the text of one line: description, quantity and amount."""
    amount = quantity * unit_price
    return f"{description} ({quantity}): {format_money(currency, amount)}"


def main() -> None:
    print(invoice_line("Translation", 12, Decimal("74.125"), "EUR"))
    print(invoice_line("Proof reading", 2, Decimal("4120.5"), "JPY"))


if __name__ == "__main__":
    main()
