from exchange import Converter
from timed_cache import TimedCache

now = 0
asked = []


def load(currency):
    asked.append(currency)
    return {"USD": 0.9, "GBP": 1.2}[currency]


converter = Converter(load, lambda: now)
assert converter.to_euros(100, "USD") == 90.0
now = 599
assert converter.to_euros(200, "USD") == 180.0
assert converter.to_euros(10, "GBP") == 12.0
assert asked == ["USD", "GBP"], "the second USD amount must come from the cache"
now = 600
assert converter.to_euros(1, "USD") == 0.9
assert asked == ["USD", "GBP", "USD"]
cache = TimedCache(5, lambda: now)
cache.set("a", ("x", 1))
assert cache.get("a") == ("x", 1) and cache.get("b") is None
