from decimal import Decimal

from main import format_money, invoice_line

assert invoice_line("T", 12, Decimal("74.125"), "EUR") == "T (12): 889.50 EUR"
assert invoice_line("P", 2, Decimal("4120.5"), "JPY") == "P (2): 8,241 JPY"
if "amount" in format_money.__code__.co_varnames:
    assert format_money(amount=Decimal("1.0005"), currency="KWD") == "1.001 KWD"
try:
    invoice_line("X", 1, Decimal(1), "XXX")
except ValueError:
    pass
else:
    raise SystemExit("an unknown currency must be refused")
