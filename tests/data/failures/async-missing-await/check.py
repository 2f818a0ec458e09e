import asyncio

from main import load_all

assert asyncio.run(load_all([3, 2, 1])) == {"core": ["Cyd", "Ada"], "web": ["Bob"]}
assert asyncio.run(load_all([])) == {}
try:
    asyncio.run(load_all([9]))
except KeyError:
    pass
else:
    raise SystemExit("an unknown user must be reported")
