import asyncio

from main import LISTING, collect, parse_size

assert asyncio.run(collect(list(LISTING))) == dict.fromkeys(LISTING, 12582912)
assert parse_size("3 b") == 3 and parse_size("2 Gb") == 2147483648
try:
    parse_size("3 XB")
except Exception:
    pass
else:
    raise SystemExit("an unknown unit must not pass silently")
