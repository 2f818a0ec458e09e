from main import quote

assert quote("DOMESTIC", 1.2) == 6.5
assert quote("EU", 3.0) == 14.3
assert quote("WORLD", 0.4) == 23.25
try:
    quote("EU", 0)
except ValueError:
    pass
else:
    raise SystemExit("weight 0 must be refused")
