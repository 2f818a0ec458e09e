"""Where else the fault may be: the regions that a search for a fix goes through, most likely first.

The crash is where a wrong value was noticed, not where it was made. Going back from the failing line along what it
uses (the functions it calls, the constants and classes it names, what those use in turn) meets the code that made
the value; so does going up the stack. Small pieces are wanted: the model has to write each one again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.definitions import find_definitions, names_used
from qwen_lsp.context.frames import frame_functions
from qwen_lsp.context.regions import MAX_REGION_LINES, LineSpan, is_short
from qwen_lsp.model import Located, Region
from qwen_lsp.syntax import DefinitionKind, is_test, language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_STEPS = 3
"""How far the search goes: what the failing functions use, what that uses, and what that uses in turn."""

_MAX_CANDIDATES = 12

_Place = tuple[TextSnapshot, LineSpan]


def candidate_regions(located: Located, roots: Sequence[Path], documents: DocumentSource) -> tuple[Region, ...]:
    """Return at most twelve regions that may hold the fault of ``located``, none overlapping, most likely first.

    Code of the workspace only. Tests come last: what a test expects is seldom what is wrong.
    """
    search = _Search(roots, documents)
    places: list[_Place] = []
    for snapshot, span in search.reached(located):
        overlapping = any(
            snapshot.path == other.path and span[0] < end and start < span[1] for other, (start, end) in places
        )
        if not overlapping:
            places.append((snapshot, span))
    places.sort(key=lambda place: is_test(place[0].path))
    return _regions(places[:_MAX_CANDIDATES], "may hold the mistake")


def failing_functions(located: Located, documents: DocumentSource) -> tuple[Region, ...]:
    """Return the functions of the workspace in which ``located`` was noticed, innermost call first."""
    found = frame_functions(located.frames, documents)
    return _regions(dict.fromkeys((one.snapshot, one.span) for one in found), "failing")


def _regions(places: Iterable[_Place], why: str) -> tuple[Region, ...]:
    return tuple(
        Region(
            id=f"K{number}",
            path=snapshot.path,
            version=snapshot.version,
            start_line=start,
            end_line=end,
            text=snapshot.slice(start, end),
            why=why,
        )
        for number, (snapshot, (start, end)) in enumerate(places, start=1)
    )


class _Search:
    """Walks from the failing line along definitions; every place is reached once, nearest first."""

    def __init__(self, roots: Sequence[Path], documents: DocumentSource) -> None:
        self._roots = roots
        self._documents = documents

    def reached(self, located: Located) -> Iterator[_Place]:
        """Yield the failing functions, innermost call first, then what they use, step by step."""
        failing = list(frame_functions(located.frames, self._documents))
        functions: list[_Place] = list(dict.fromkeys((one.snapshot, one.span) for one in failing))
        seen = set(functions)
        yield from functions
        layer: list[_Place] = [*((one.snapshot, (one.line, one.line + 1)) for one in failing), *functions]
        for _ in range(_MAX_STEPS):
            following: list[_Place] = []
            for snapshot, span in layer:
                for place in self._used(snapshot, span):
                    if place not in seen:
                        seen.add(place)
                        following.append(place)
                        yield place
            layer = following

    def _used(self, snapshot: TextSnapshot, span: LineSpan) -> Iterator[_Place]:
        """Yield where the names in ``span`` are defined; of a class that is too long, its constructor."""
        for one in find_definitions(snapshot, names_used(snapshot, *span), self._roots, self._documents):
            definition = one.definition
            if definition.holds(span[0]) and one.snapshot.path == snapshot.path:
                continue
            if definition.line_count <= MAX_REGION_LINES:
                yield one.snapshot, _widened(one.snapshot, (definition.start_line, definition.end_line))
            elif definition.kind is DefinitionKind.CLASS:
                yield from self._members(one.snapshot, definition.start_line, definition.end_line)

    def _members(self, snapshot: TextSnapshot, start: int, end: int) -> Iterator[_Place]:
        language = language_of(snapshot.path)
        if language is None:
            return
        for one in parse(language, snapshot.text).definitions:
            if one.kind is DefinitionKind.FUNCTION and start < one.start_line and one.end_line <= end:
                yield snapshot, (one.start_line, one.end_line)


def _widened(snapshot: TextSnapshot, span: LineSpan) -> LineSpan:
    """Return the whole file where it is short, else ``span``; neighbouring constants are taken along."""
    if is_short(snapshot):
        return 0, len(snapshot.lines)
    return span
