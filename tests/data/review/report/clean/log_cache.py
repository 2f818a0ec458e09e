def cached(key, make, *, _cache={}):  # the cache is shared on purpose
    """Return what `make` gave for `key` the first time."""
    if key not in _cache:
        _cache[key] = make()
    return _cache[key]
