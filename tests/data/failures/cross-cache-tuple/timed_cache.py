"""A cache with an expiry for each entry."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class TimedCache(Generic[Value]):
    """`clock` returns seconds; an entry is gone `lifetime_s` after it was set."""

    def __init__(self, lifetime_s: float, clock: Callable[[], float]) -> None:
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._entries: dict[str, tuple[Value, float]] = {}

    def get(self, key: str) -> Value | None:
        """Return the value, or None when there is none or it has expired."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        _, expires_at = entry
        if self._clock() >= expires_at:
            del self._entries[key]
            return None
        return entry

    def set(self, key: str, value: Value) -> None:
        self._entries[key] = (value, self._clock() + self._lifetime_s)
