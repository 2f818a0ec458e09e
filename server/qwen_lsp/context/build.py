"""Choose what the model may rewrite and what it may only read.

The rules, each with its reason:

* A syntax error is mended where the parser stopped, or just before.
* An exception is most often mended in the function that crashed or in its caller; both are given when they are in one
  file and short enough to be written again.
* A failing test is mended in the code it calls, not in the test. The traceback does not name that code, so it
  is found by the names the test uses.
* A statement of SQL that sets off something which fails is mended there.
* Everything else that the model needs to understand (other frames, definitions used by the crashed function and its
  callers, nearest first) is shown for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.context.definitions import FoundDefinition, find_definitions, names_used
from qwen_lsp.context.frames import frame_functions
from qwen_lsp.context.regions import (
    MAX_REGION_CHARACTERS,
    MAX_REGION_LINES,
    LineSpan,
    import_span,
    span_around,
    span_of_broken,
)
from qwen_lsp.context.statements import set_off
from qwen_lsp.model import FailureKind, Located, Range, Region, WorkspaceContext
from qwen_lsp.syntax import DefinitionKind, is_test, language_of, parse
from qwen_lsp.syntax.languages import SQL
from qwen_lsp.text import DocumentSource, TextSnapshot

MAX_RELATED_LINES = 120
"""How much code is shown for reading; prefill of more costs seconds on a CPU and distracts a small model."""

_SHOWN_FILE_LINES = 100
"""A file up to this long is shown as it is: what was read of it serves the next question about it."""

_MERGE_GAP_LINES = 12


@dataclass(frozen=True, slots=True)
class _Part:
    snapshot: TextSnapshot
    span: LineSpan
    why: str


def build_context(
    located: Located, roots: Sequence[Path], documents: DocumentSource, fault: tuple[Path, Range] | None = None
) -> WorkspaceContext:
    """Return the regions for ``located``; no regions when its crash site is not in code that can be cut.

    ``fault`` is where the mistake is, where that is known.
    """
    crash, place = located.crash, located.place
    if crash is None or place is None:
        return WorkspaceContext(regions=())
    path, where = place
    snapshot = documents.read(path)
    language = language_of(path)
    if snapshot is None or language is None:
        return WorkspaceContext(regions=())
    tree = parse(language, snapshot.text)
    line = where.start.line
    if located.failure.kind is FailureKind.SYNTAX_ERROR or tree.error_count:
        return WorkspaceContext(
            _number([_Part(snapshot, span_of_broken(tree, snapshot, line), "the code does not parse")])
        )

    crashed = _Part(snapshot, span_around(tree, snapshot, line), "where it crashed")
    at_fault = _around(fault, documents) if fault is not None else None
    callers = [
        _Part(one.snapshot, one.span, "calls it")
        for one in frame_functions(located.frames, documents)
        if one.frame != crash
    ]
    if is_test(path) and at_fault is None:
        function = tree.innermost_function(line)
        first, last = (function.start_line, function.end_line) if function else (line, line + 1)
        names = names_used(snapshot, line, min(line + 1, last)) + names_used(snapshot, first, last)
        tested = _tested(find_definitions(snapshot, names, roots, documents))
        if tested:
            return _finish(tested, [crashed, *callers])
    below = [
        _Part(one.snapshot, (one.definition.start_line, one.definition.end_line), "set off by it")
        for one in set_off(located.failure, snapshot, crashed.span, roots, documents)
    ]
    on_the_line = _Part(snapshot, (line, line + 1), "used where it crashed")
    used = [
        _Part(one.snapshot, (one.definition.start_line, one.definition.end_line), "used there")
        for part in (on_the_line, crashed, *callers)
        for one in find_definitions(part.snapshot, names_used(part.snapshot, *part.span), roots, documents)
    ]
    if at_fault is not None:
        return _finish([at_fault], [crashed, *callers, *used])
    if below:
        return _finish(below[:1], [crashed, *below[1:], *callers, *used])
    return _finish([crashed, *callers[:1]], [*callers[1:], *used])


def _around(place: tuple[Path, Range], documents: DocumentSource) -> _Part | None:
    path, where = place
    snapshot, language = documents.read(path), language_of(path)
    if snapshot is None or language is None:
        return None
    return _Part(snapshot, span_around(parse(language, snapshot.text), snapshot, where.start.line), "has a mistake")


def _finish(wanted: Sequence[_Part], related: Iterable[_Part]) -> WorkspaceContext:
    """Merge ``wanted`` parts of the first file into one region; what does not fit is shown for reading."""
    target, *others = wanted
    leftover = []
    for part in others:
        merged = _merge(target, part)
        if merged is None:
            leftover.append(part)
        else:
            target = merged
    shown, budget = [target], MAX_RELATED_LINES
    file = _whole_file(target.snapshot)
    for part in [*leftover, *related]:
        start, end = part.span
        lines = 0 if file is not None and part.snapshot.path == file.snapshot.path else end - start
        if lines <= budget and not any(_overlap(part, other) for other in shown):
            shown.append(part)
            budget -= lines
    return WorkspaceContext(
        _number([target, *_imports(target)]),
        _number(shown[1:], prefix="C"),
        _number([file], prefix="F")[0] if file is not None else None,
    )


def _whole_file(snapshot: TextSnapshot) -> _Part | None:
    """Return a file that is short enough to be shown as a whole."""
    if len(snapshot.lines) > _SHOWN_FILE_LINES or len(snapshot.text) > MAX_REGION_CHARACTERS:
        return None
    return _Part(snapshot, (0, len(snapshot.lines)), "the whole file")


def _imports(target: _Part) -> list[_Part]:
    """Return the file's import lines as a region, for what a fix needs to import; empty when the target has them."""
    span = import_span(target.snapshot)
    if (span[0] < target.span[1] and target.span[0] < span[1]) or target.span[0] <= span[0]:
        return []
    return [_Part(target.snapshot, span, "imports")]


def _merge(one: _Part, other: _Part) -> _Part | None:
    if one.snapshot.path != other.snapshot.path:
        return None
    start, end = min(one.span[0], other.span[0]), max(one.span[1], other.span[1])
    gap = max(one.span[0], other.span[0]) - min(one.span[1], other.span[1])
    if gap > _MERGE_GAP_LINES or end - start > MAX_REGION_LINES:
        return None
    if len(one.snapshot.slice(start, end)) > MAX_REGION_CHARACTERS:
        return None
    return _Part(one.snapshot, (start, end), one.why)


def _overlap(one: _Part, other: _Part) -> bool:
    return one.snapshot.path == other.snapshot.path and one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _tested(found: Sequence[FoundDefinition]) -> list[_Part]:
    """Return the code under test, widest useful piece first: a short module, else a short class, else the function.

    The mistake may be in a helper of the function that the test calls, and methods share their class's state. Queries
    that the test names come first: the function that runs them runs the others, too.
    """
    parts = []
    for one in found:
        snapshot, language = one.snapshot, language_of(one.snapshot.path)
        if is_test(snapshot.path) or language is None:
            continue
        around = [outer for outer in parse(language, snapshot.text).definitions if outer.kind is DefinitionKind.CLASS]
        pieces = [
            (0, len(snapshot.lines)),
            *((outer.start_line, outer.end_line) for outer in around if outer.holds(one.definition.start_line)),
            (one.definition.start_line, one.definition.end_line),
        ]
        fitting = [piece for piece in pieces if piece[1] - piece[0] <= MAX_REGION_LINES]
        if fitting:
            parts.append(_Part(snapshot, fitting[0], "called by the failing test"))
    parts.sort(key=lambda part: language_of(part.snapshot.path) is not SQL)
    return list(dict.fromkeys(parts))


def _number(parts: Sequence[_Part], prefix: str = "R") -> tuple[Region, ...]:
    return tuple(
        Region(
            id=f"{prefix}{number}",
            path=part.snapshot.path,
            version=part.snapshot.version,
            start_line=part.span[0],
            end_line=part.span[1],
            text=part.snapshot.slice(*part.span),
            why=part.why,
        )
        for number, part in enumerate(parts, start=1)
    )
