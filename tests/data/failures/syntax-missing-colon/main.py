from decimal import Decimal

from invoice import Invoice, Line


def main() -> None:
    invoice = Invoice("2024-017")
    invoice.lines.append(Line("Consulting", 3, Decimal("95.00")))
    invoice.lines.append(Line("Travel", 1, Decimal("41.50")))
    print(f"{invoice.number}: net {invoice.net()}, gross {invoice.gross()}")


if __name__ == "__main__":
    main()
