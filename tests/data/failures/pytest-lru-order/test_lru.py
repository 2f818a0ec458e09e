import pytest

from lru import LruCache


@pytest.fixture
def cache():
    cache = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    return cache


def test_unknown_key_gives_default(cache):
    assert cache.get("z", "none") == "none"


def test_oldest_entry_makes_room(cache):
    cache.put("c", 3)
    assert "a" not in cache
    assert len(cache) == 2


def test_reading_counts_as_use(cache):
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert "a" in cache
    assert "b" not in cache
