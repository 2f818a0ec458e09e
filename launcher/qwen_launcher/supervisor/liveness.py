"""Judges by an engine's counters whether it still does its work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.health import Counters

MIN_ERRORS = 3
MAX_ERROR_RATE = 0.2


class Liveness:
    """What the counters of one engine, looked at again and again, say of it.

    `seems_hung`: for `hung_s` seconds somebody has waited for it and it has made no step. `is_active`: it works on a
    request, or has since the last look. `fails_too_often`: of the requests since the first look at least `MIN_ERRORS`
    and more than `MAX_ERROR_RATE` of all failed.
    """

    def __init__(self, hung_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._hung_s = hung_s
        self._clock = clock
        self._first: Counters | None = None
        self._last: Counters | None = None
        self._well_since = clock()
        self.seems_hung = False
        self.is_active = False

    def observe(self, seen: Counters | None, *, is_used: bool) -> None:
        """Take in what the engine reported; None when it did not answer. `is_used`: a client waits for it."""
        last_steps = self._last.steps if self._last is not None else None
        latest = seen or self._last
        has_moved = seen is not None and seen.steps != last_steps
        is_waited_for = is_used or (latest is not None and latest.running > 0)
        self.is_active = seen is not None and (seen.running > 0 or (has_moved and last_steps is not None))
        if has_moved or not is_waited_for:
            self.is_well()
        self.seems_hung = self._clock() - self._well_since >= self._hung_s
        self._first = self._first or seen
        self._last = seen or self._last

    def is_well(self) -> None:
        """Take note that the engine has just shown a sign of life."""
        self._well_since = self._clock()

    @property
    def errors(self) -> int:
        """The number of failed requests since the first look."""
        return 0 if self._first is None or self._last is None else self._last.errors - self._first.errors

    @property
    def fails_too_often(self) -> bool:
        """See the class."""
        if self._first is None or self._last is None:
            return False
        finished = self._last.finished - self._first.finished
        return self.errors >= MIN_ERRORS and self.errors > MAX_ERROR_RATE * finished
