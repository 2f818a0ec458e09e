from decimal import Decimal

from prices import bundle, discounted, to_cents

for amount, expected in [("0.125", "0.13"), ("0.135", "0.14"), ("0.1249", "0.12"), ("2.005", "2.01"), ("3", "3.00")]:
    assert to_cents(Decimal(amount)) == Decimal(expected), amount
assert discounted("0.25", 50) == Decimal("0.13")
assert bundle(["0.35", "0.35"], 10) == Decimal("0.64")
assert bundle([], 10) == 0
