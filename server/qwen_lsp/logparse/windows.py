"""Which lines of a log each family is to read: those around its marks.

All marks are searched for at once (Aho-Corasick), piece by piece of the log, so that neither time nor memory depends on
what the rest of the log holds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from qwen_lsp.logparse import prefixes
from qwen_lsp.logparse.family import Family, Mark

MAX_LINE_CHARS = 4_000
# A family that would have to read more is given the first and the last of its lines.
MAX_FIRST_LINES = 50_000
MAX_LAST_LINES = 150_000
_GAP = ("", "")
"""What stands for lines that are left out: it ends whatever was cut."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of a log that follow each other, from line ``number`` (0-based) on."""

    number: int
    lines: Sequence[str]


class Excerpt:
    """The lines of a log that one family reads."""

    def __init__(self) -> None:
        self._first: list[Run] = []
        self._last: deque[Run] = deque()
        self._first_count = self._last_count = 0
        self.left_out = 0
        """How many lines near marks there was no room for."""

    def add(self, run: Run) -> None:
        """Take ``run``, which stands behind those before it."""
        if self._first_count < MAX_FIRST_LINES:
            self._first.append(run)
            self._first_count += len(run.lines)
            return
        self._last.append(run)
        self._last_count += len(run.lines)
        while self._last_count - len(self._last[0].lines) >= MAX_LAST_LINES:
            left_out = len(self._last.popleft().lines)
            self._last_count -= left_out
            self.left_out += left_out

    def read(self) -> tuple[list[str], LineNumbers]:
        """Return the lines and their numbers in the log."""
        lines: list[str] = []
        numbers = LineNumbers()
        end = 0
        for run in (*self._first, *self._last):
            for offset, part in prefixes.parts(run.lines):
                if lines and (offset or run.number != end):
                    lines += _GAP
                numbers.add(len(lines), run.number + offset)
                lines += [line if len(line) <= MAX_LINE_CHARS else line[:MAX_LINE_CHARS] + "…" for line in part]
            end = run.number + len(run.lines)
        return lines, numbers


class LineNumbers:
    """Where the lines of an excerpt stand in the log."""

    def __init__(self) -> None:
        self._indexes: list[int] = []
        self._numbers: list[int] = []

    def add(self, index: int, number: int) -> None:
        """Say that the line at ``index`` of the excerpt is line ``number`` of the log, and so on from there."""
        self._indexes.append(index)
        self._numbers.append(number)

    def __getitem__(self, index: int) -> int:
        place = max(bisect_right(self._indexes, index) - 1, 0)
        return self._numbers[place] + index - self._indexes[place]


class MarkFinder:
    """Finds the marks of all ``families`` in pieces of a log."""

    def __init__(self, families: Sequence[Family]) -> None:
        meanings: dict[bytes, list[tuple[int, re.Pattern[bytes] | None]]] = {}
        for number, family in enumerate(families):
            for mark in family.marks:
                text, then = mark if isinstance(mark, Mark) else (mark, "")
                pattern = re.compile(then.encode()) if then else None
                meanings.setdefault(text.encode(), []).append((number, pattern))
        self._meanings = list(meanings.values())
        # Of the three, the one that is built in the same time and searches several times as fast.
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            list(meanings), implementation=ahocorasick_rs.Implementation.DFA
        )

    def find(self, piece: str) -> Iterator[tuple[int, int]]:
        """Yield the number of the family and the line of ``piece`` (0-based) of each mark, in the order of lines.

        ``piece`` begins with a line feed, which belongs to no line.
        """
        raw = piece.encode("utf-8", "surrogatepass")
        line, seen = -1, 0
        for pattern, _, end in self._automaton.find_matches_as_indexes(raw, overlapping=True):
            line += raw.count(b"\n", seen, end)
            seen = end
            for family, then in self._meanings[pattern]:
                if then is None or then.match(raw, end):
                    yield family, line


def select(pieces: Iterable[Iterable[str]], finder: MarkFinder, families: Sequence[Family]) -> list[Excerpt]:
    """Return what each of ``families`` is to read of a log.

    ``pieces`` are the texts, each in pieces of whole lines, that make up the log: what stands at the end of one has
    nothing to do with the beginning of the next one. Each piece begins with a line feed and ends without.
    """
    selection = _Selection(families)
    for text in pieces:
        for piece in text:
            selection.take(piece, finder.find(piece))
        selection.end_text()
    return selection.excerpts


class _Selection:
    """Goes through a log once."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self.excerpts = [Excerpt() for _ in families]
        self._wanted_up_to = [0] * len(families)
        """The first line (0-based) that is not wanted for a mark above it."""
        self._taken_up_to = [0] * len(families)
        self._piece = self._previous = _Piece(0, "")

    def take(self, piece: str, marks: Iterable[tuple[int, int]]) -> None:
        """Take the lines of ``piece`` and of the one before it that are around ``marks``."""
        self._previous, self._piece = self._piece, _Piece(self._piece.end, piece)
        first = self._piece.start
        # By family the lines that are wanted as far as is known: first, and first not wanted any more.
        open_windows = {number: (first, wanted) for number, wanted in enumerate(self._wanted_up_to) if wanted > first}
        for number, line in marks:
            family = self._families[number]
            start, end = first + line - family.lines_before, first + line + family.lines_after
            window = open_windows.get(number)
            if window is not None and start <= window[1]:
                start = window[0]
            elif window is not None:
                self._add(number, *window)
            open_windows[number] = start, end
        for number, window in open_windows.items():
            self._add(number, *window)
            self._wanted_up_to[number] = window[1]

    def end_text(self) -> None:
        """Let what comes next be apart from what came before."""
        end = self._piece.end + 1
        self._piece = self._previous = _Piece(end, "")
        self._wanted_up_to = [0] * len(self._families)
        self._taken_up_to = [end] * len(self._families)

    def _add(self, number: int, start: int, end: int) -> None:
        end = min(end, self._piece.end)
        start = max(start, self._taken_up_to[number], self._previous.start)
        if start >= end:
            return
        self._taken_up_to[number] = end
        for piece in (self._previous, self._piece):
            first, last = max(start, piece.start), min(end, piece.end)
            if first < last:
                lines = piece.lines()[first - piece.start : last - piece.start]
                self.excerpts[number].add(Run(first, lines))


class _Piece:
    """A part of the log, split into lines only when some are wanted."""

    def __init__(self, start: int, text: str) -> None:
        self.start = start
        self.end = start + text.count("\n")
        self._text = text
        self._lines: list[str] | None = None

    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self._text.split("\n")[1:]
        return self._lines
