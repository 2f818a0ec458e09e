from lru import LruCache

cache = LruCache(2)
cache.put("a", 1)
cache.put("b", 2)
assert cache.get("a") == 1
cache.put("c", 3)
assert "a" in cache and "b" not in cache and len(cache) == 2
assert cache.get("b", "none") == "none"
cache.put("a", 10)
cache.put("d", 4)
assert cache.get("a") == 10 and "c" not in cache
assert cache.get("missing") is None and len(cache) == 2
try:
    LruCache(0)
except ValueError:
    pass
else:
    raise SystemExit("capacity 0 must be refused")
