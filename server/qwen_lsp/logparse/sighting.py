"""What a family's reader hands over: a failure, where it stood, and how much it counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from enum import IntEnum

from qwen_lsp.model import Failure

MAX_FIRST_FAILURES = MAX_LAST_FAILURES = 500
"""Of each family and weight: a log may hold another failure in every line."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


class Weight(IntEnum):
    """How directly a failure is what the user wants explained; the lowest value counts most."""

    TEST = 0
    """A failing test, or one that could not be set up or collected, with its traceback."""
    TEST_NAMED = 1
    """A failing test known by its line in a summary only."""
    UNCAUGHT = 2
    """An exception that ended a program."""
    BACKGROUND = 3
    """An exception that ended a thread or a task while the program went on."""
    LOGGED = 4
    """An exception that the program caught and logged."""
    CONSEQUENCE = 5
    """An exception that only reports that something else failed or that the user stopped the program."""
    IGNORED = 6
    """An exception that the interpreter or the test runner reports as a warning."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One failure, first seen at ``line_index`` and last at ``last_line_index`` (0-based, in the cleaned log)."""

    failure: Failure
    weight: Weight
    line_index: int
    last_line_index: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one family saw in a log."""

    sightings: tuple[Sighting, ...] = ()
    problems: tuple[str, ...] = ()


class Folder:
    """Collects failures; one that is reported again adds to ``count`` and takes no more memory.

    Of more than ``MAX_FIRST_FAILURES`` different ones of a weight the last ``MAX_LAST_FAILURES`` are kept besides the
    first: the one to be explained is one of the first or of the last ones.
    """

    def __init__(self) -> None:
        self._sightings: dict[object, Sighting] = {}
        self._counts: Counter[Weight] = Counter()
        self._last: defaultdict[Weight, deque[object]] = defaultdict(deque)

    def add(self, failure: Failure, weight: Weight, line_index: int) -> None:
        """Take a failure seen at ``line_index``; calls come in the order of the log."""
        key = _identity(failure)
        known = self._sightings.get(key)
        if known is not None:
            counted = replace(known.failure, count=known.failure.count + 1)
            self._sightings[key] = Sighting(counted, min(known.weight, weight), known.line_index, line_index)
            return
        self._sightings[key] = Sighting(failure, weight, line_index, line_index)
        self._counts[weight] += 1
        if self._counts[weight] > MAX_FIRST_FAILURES:
            last = self._last[weight]
            last.append(key)
            if len(last) > MAX_LAST_FAILURES:
                del self._sightings[last.popleft()]

    def sightings(self) -> tuple[Sighting, ...]:
        """Return what was kept, each failure once, in the order of the log."""
        return tuple(self._sightings.values())


def _identity(failure: Failure) -> object:
    """Return what two reports of the same failure have in common.

    Object addresses differ from run to run, and beyond a message's first line there may stand what was printed next.
    """
    chain = []
    current: Failure | None = failure
    while current is not None:
        frames = tuple((frame.path, frame.lineno, frame.function) for frame in current.frames)
        message = _ADDRESS.sub("0x", current.message.partition("\n")[0])
        chain.append((current.exception_type, message, frames, len(current.members)))
        current = current.cause
    return (failure.test_id, failure.severity, tuple(chain))
