from decimal import Decimal

from main import gross, receipt

assert gross(Decimal("18.50"), "reduced") == Decimal("19.80")  # 19.795 exactly: half up
assert gross(Decimal("7.35"), "standard") == Decimal("8.75")
assert gross(Decimal("0.50"), "standard") == Decimal("0.60")  # 0.595 exactly
assert gross(Decimal("1234567890123.50"), "reduced") == Decimal("1320987642432.15")
assert gross(Decimal("4.25"), "none") == Decimal("4.25")
assert isinstance(gross(Decimal(1), "none"), Decimal)
assert receipt([("a", "1.00", "standard")]) == ["a                 1.19", "sum               1.19"]
