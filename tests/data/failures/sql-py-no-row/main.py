import sqlite3

from stock import Stock

stock = Stock(sqlite3.connect(":memory:"))
stock.receive("a-100", 40)
stock.receive("B-7", 5)
print(stock.reserve("A-100", 15), stock.reserve("b-7", 9))
