from billing import Bill

bill = Bill(20, 1000, [2500, 7500])
assert (bill.net(), bill.tax(), bill.gross()) == (9000, 1800, 10800)
assert Bill(7, 0, [1001]).gross() == 1071
assert Bill(20, 500, [400]).gross() == 0
assert Bill(20, 500, [501, 99]).gross() == 120
assert Bill(19).gross() == 0
