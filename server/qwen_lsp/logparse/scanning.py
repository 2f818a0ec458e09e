"""How a family goes through its lines when a piece of text shows where each of its failures begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.sighting import Folder, Reading, Sighting, Weight
from qwen_lsp.model import Failure


@dataclass(frozen=True, slots=True)
class Found:
    """Failures with their weights and where they began (0-based), and the index of the first line after them."""

    failures: tuple[tuple[Failure, Weight, int], ...]
    end: int

    @classmethod
    def one(cls, failure: Failure, weight: Weight, index: int, end: int) -> Found:
        """Return a single failure that began at ``index``."""
        return cls(((failure, weight, index),), end)


Reader = Callable[[Sequence[str], int], Found | None]
"""Reads what begins at, or just above, a line that holds its piece of text; None when nothing of its kind does."""

Readers = tuple[tuple[str, Reader], ...]
"""By piece of text; where a line holds several, the first of them that finds something counts."""


def scan(lines: Sequence[str], readers: Readers) -> Reading:
    """Return what ``readers`` find in ``lines``; a line is read once."""
    folder = Folder()
    end = 0
    for index, here in sorted(_lines_with(lines, readers).items()):
        if index < end:
            continue
        for number in here:
            found = readers[number][1](lines, index)
            if found is not None:
                for failure, weight, line_index in found.failures:
                    folder.add(failure, weight, line_index)
                end = max(found.end, index + 1)
                break
    return Reading(folder.sightings())


def _lines_with(lines: Sequence[str], readers: Readers) -> dict[int, list[int]]:
    """Return by line index the numbers of the readers whose piece of text the line holds."""
    text = "\n".join(lines)
    numbers: dict[int, list[int]] = {}
    for number, (piece, _) in enumerate(readers):
        line = counted = 0
        position = text.find(piece)
        while position >= 0:
            line += text.count("\n", counted, position)
            counted = position
            numbers.setdefault(line, []).append(number)
            line_end = text.find("\n", position)
            position = text.find(piece, line_end) if line_end >= 0 else -1
    return numbers


def first_counts(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Return ``sightings`` so that of those that ended, or might have ended, a program the first one counts.

    For programs that go on after a failure, which then causes others: shells, and what sanitizers report.
    """
    first = next((sighting for sighting in sightings if sighting.weight is Weight.UNCAUGHT), None)
    return tuple(
        replace(sighting, weight=Weight.LOGGED)
        if sighting.weight is Weight.UNCAUGHT and sighting is not first
        else sighting
        for sighting in sightings
    )
