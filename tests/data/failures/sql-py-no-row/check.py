import sqlite3

from stock import Stock

stock = Stock(sqlite3.connect(":memory:"))
stock.receive("x-1", 10)
stock.receive("Y-2", 3)
assert stock.reserve("X-1", 4) == 4 and stock.pieces("x-1") == 6
assert stock.reserve("y-2", 9) == 3 and stock.pieces("Y-2") == 0
assert stock.reserve("x-1", 6) == 6 and stock.pieces("X-1") == 0
try:
    stock.pieces("none")
except TypeError:
    pass
except LookupError:
    pass
else:
    raise SystemExit("an unknown article has no number of pieces")
