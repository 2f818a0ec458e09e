from pathlib import Path

import report
import storage

stock = storage.load(Path("stock.csv"))
assert stock[0] == storage.Stock("A-100", "Screws M4", 1200, 500)
assert all(type(entry.quantity) is int for entry in stock)
assert report.total_pieces(stock) == 1292
assert report.to_order(stock) == [("A-101", 920), ("B-7", 12)]
