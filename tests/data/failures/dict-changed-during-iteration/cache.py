"""A cache whose entries live for a limited time."""

from collections.abc import Callable, Hashable
from typing import Any


class ExpiringCache:
    """Entries older than `lifetime_s` are dropped; `clock` returns seconds."""

    def __init__(self, lifetime_s: float, clock: Callable[[], float]) -> None:
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._entries: dict[Hashable, tuple[float, Any]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: Hashable, value: Any) -> None:
        self._entries[key] = (self._clock(), value)

    def get(self, key: Hashable, default: Any = None) -> Any:
        """Return the value, or `default` when it is missing or too old."""
        stored = self._entries.get(key)
        if stored is None or self._clock() - stored[0] > self._lifetime_s:
            return default
        return stored[1]

    def expire(self) -> int:
        """Drop the entries that are too old and return how many there were."""
        now = self._clock()
        dropped = 0
        for key, (stored_at, _) in self._entries.items():
            if now - stored_at > self._lifetime_s:
                del self._entries[key]
                dropped += 1
        return dropped
