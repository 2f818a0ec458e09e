from main import EXPORT, parse_amount, totals

assert parse_amount("980") == 980
assert parse_amount(" 1,250 ") == 1250
assert parse_amount("2,000,001") == 2000001
assert totals(EXPORT) == {"IT": 13380, "Sales": 4250}
try:
    parse_amount("n/a")
except ValueError:
    pass
else:
    raise SystemExit("text that is no amount must still be refused")
