from cache import ExpiringCache

now = 0
cache = ExpiringCache(10, lambda: now)
for key in range(6):
    cache.put(key, key * key)
    now += 5
assert cache.expire() == 4
assert len(cache) == 2
assert cache.get(5) == 25 and cache.get(0, "gone") == "gone"
assert cache.expire() == 0
now += 100
assert cache.expire() == 2 and len(cache) == 0
