from decimal import Decimal

from invoice import Invoice, Line

empty = Invoice("1")
assert empty.net() == 0
assert empty.gross() == Decimal("0.00")
invoice = Invoice("2", [Line("a", 3, Decimal("95.00")), Line("b", 1, Decimal("41.50"))])
assert invoice.net() == Decimal("326.50")
assert invoice.gross() == Decimal("391.80")
