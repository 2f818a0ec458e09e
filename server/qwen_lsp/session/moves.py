"""Where a range of lines went when a text changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.model import Range


@dataclass(frozen=True, slots=True)
class LineChange:
    """One block of lines replaced by another: 0-based ``start`` up to, not including, ``end``, of the old text.

    ``shift`` is by how many lines everything below moved down.
    """

    start: int
    end: int
    shift: int

    @classmethod
    def between(cls, old: Sequence[str], new: Sequence[str]) -> LineChange | None:
        """Return the smallest single block that differs, or None when the texts are equal."""
        shorter = min(len(old), len(new))
        head = next((index for index in range(shorter) if old[index] != new[index]), shorter)
        if head == len(old) == len(new):
            return None
        room = shorter - head
        tail = next((index for index in range(room) if old[-1 - index] != new[-1 - index]), room)
        return cls(head, len(old) - tail, len(new) - len(old))

    def moved(self, place: Range) -> Range | None:
        """Return ``place`` in the new text, or None when one of its lines was touched."""
        if place.end.line < self.start:
            return place
        if place.start.line >= self.end:
            return Range(
                replace(place.start, line=place.start.line + self.shift),
                replace(place.end, line=place.end.line + self.shift),
            )
        return None

    def moved_edit(self, place: Range) -> Range | None:
        """Return ``place`` like ``moved``, but count a change on the very next line as touching.

        An edit that only inserts lines leaves no old line changed, and equal neighbouring lines make the common
        prefix run one line on: without the margin an applied fix would not be recognised.
        """
        if self.start <= place.end.line + 1 and self.end >= place.start.line:
            return None
        return self.moved(place)
