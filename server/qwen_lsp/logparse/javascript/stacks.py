"""Stacks in any output: what ended a program, what it logged, what a browser's console says.

Source of the formats: Node's src/node_errors.cc (``PrintException``, ``GetErrorSource``: place, source and caret above
the error) and lib/internal/process/promises.js; the consoles of Firefox and Safari.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.javascript import errors
from qwen_lsp.logparse.javascript.codeframe import attach_source
from qwen_lsp.logparse.javascript.errors import (
    FrameReader,
    Header,
    is_named,
    parse_error,
    read_header,
    read_weak_header,
)
from qwen_lsp.logparse.javascript.frames import (
    is_source,
    language_of,
    make_frame,
    plain_path,
    read_browser_frame,
    read_frame,
    split_place,
    with_source,
)
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity

UNCAUGHT_VALUE = "Uncaught value"

_CARET = re.compile(r"\s*+\^++\s*+$")
_END = ("Node.js v", "(Use `node")
_UNCAUGHT = re.compile(r"\b(?:[Uu]ncaught|[Uu]nhandled)")
_MAX_VALUE_LINES = 20
_PLACE_LINES = 4
"""Between a caret and the error below it: a blank line and what follows in the source."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What Node prints above an uncaught error."""

    path: str
    lineno: int
    source: str
    caret: str


class StackReader:
    """Reads the stacks of one log; it must see them in the order of the log."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._read_up_to = 0
        self._previous_start = 0

    def skip_to(self, index: int) -> None:
        """Take note that everything before ``index`` has been read."""
        self._read_up_to = max(self._read_up_to, index)

    def read_stack(self, index: int) -> Found | None:
        """Return the error whose stack begins at ``index``, else None."""
        for read in (read_frame, read_browser_frame):
            if read(self._lines[index]) is not None:
                return self._read_around(index, read)
        return None

    def _read_around(self, index: int, read: FrameReader) -> Found:
        floor = self._read_up_to
        found = self._find_header(index, accepts_any=read is read_frame)
        if found is None:
            _, self._read_up_to = errors.read_frames(self._lines, index, len(self._lines), read)
            return Found((), self._read_up_to)
        start, header = found
        parsed = parse_error(self._lines, start, len(self._lines), header, read, stack=index)
        is_older = start < self._previous_start
        judged = self._judged(parsed.failure, header, start, 0 if is_older else floor)
        if is_older:
            # The lines between are those of the child process's own error; this one was printed to its end later.
            judged = tuple((replace(one, message=header.message), weight, index) for one, weight, _ in judged)
        self._previous_start, self._read_up_to = start, parsed.end
        return Found(judged, parsed.end)

    def _find_header(self, index: int, *, accepts_any: bool) -> tuple[int, Header] | None:
        """Return the first line of the error whose stack begins at ``index``, and its index.

        ``accepts_any`` says that the line right above the stack is it whatever it says.
        """
        lines = self._lines
        above = lines[index - 1].strip() if index > self._read_up_to else ""
        if above == "Trace" or above.startswith("Trace:") or above.endswith(" at:"):
            return None
        # Prose may hold a line that looks like a frame, but not two: a message with blank lines needs a real stack.
        is_stack = any(read_frame(line) or read_browser_frame(line) for line in lines[index + 1 : index + 2])
        for start in range(index - 1, max(self._read_up_to, index - errors.MAX_MESSAGE_LINES) - 1, -1):
            if (header := read_header(lines[start])) is not None:
                return start, header
            if not is_stack and not lines[start].strip():
                break
        if accepts_any and above:
            return (index - 1, read_weak_header(above)) if is_stack or is_named(above) else None
        between = lines[self._read_up_to : index]
        if not self._read_up_to or any(
            line.strip() and not line.startswith(_END) for line in between[-_MAX_VALUE_LINES:]
        ):
            return None
        # A child process's stack, with blank lines after it, was part of this one's message ("Command failed: ...").
        for start in range(self._previous_start - 1, max(0, self._previous_start - _MAX_VALUE_LINES) - 1, -1):
            if (header := read_header(lines[start])) is not None:
                return start, header
        return None

    def _judged(
        self, failure: Failure, header: Header, start: int, floor: int
    ) -> tuple[tuple[Failure, Weight, int], ...]:
        if header.exception_type == "Warning" or header.exception_type.endswith("Warning"):
            return ((replace(failure, severity=Severity.WARNING), Weight.IGNORED, start),)
        place = None if header.prefix else _place_above(self._lines, start, floor)
        if place is not None:
            return ((_with_place(failure, place), Weight.UNCAUGHT, start),)
        if "RejectionWarning" in header.prefix:
            return ((failure, Weight.BACKGROUND, start),)
        return ((failure, Weight.UNCAUGHT if _UNCAUGHT.search(header.prefix) else Weight.LOGGED, start),)

    def read_caret(self, index: int) -> Found | None:
        """Return the uncaught error or value without a stack below the caret at ``index``, else None."""
        lines = self._lines
        if not _CARET.match(lines[index]) or index < self._read_up_to + 2:
            return None
        start = index + 1
        while start < min(len(lines), index + 3) and not lines[start].strip():
            start += 1
        place = _place_above(lines, start, self._read_up_to)
        if place is None or start >= len(lines):
            return None
        if lines[start].startswith("["):
            return self.read_bracketed(start)
        end = start
        # The message of an error may be long: that of Zod is a list in JSON.
        is_named = (header := read_header(lines[start])) is not None and not header.prefix
        limit = start + (errors.MAX_MESSAGE_LINES if is_named else _MAX_VALUE_LINES)
        while end < min(len(lines), limit) and not lines[end].startswith(_END):
            if read_frame(lines[end]) is not None or (end > start and _CARET.match(lines[end])):
                return None
            end += 1
        value = "\n".join(lines[start:end]).strip()
        if header is None or header.prefix or not value:
            if end >= len(lines) or not lines[end].startswith(_END):
                return None
            header = Header(UNCAUGHT_VALUE, value)
        message = value if header.exception_type == UNCAUGHT_VALUE else header.message
        self._previous_start, self._read_up_to = start, end
        failure = _with_place(errors.make_failure(header, message, ()), place)
        return Found(((failure, Weight.UNCAUGHT, start),), end)

    def read_bracketed(self, index: int) -> Found | None:
        """Return the error that Node prints as ``[Name: message] {`` because it has no stack of its own."""
        header = read_header(self._lines[index])
        if header is None or header.prefix != "[" or not self._lines[index].endswith("] {"):
            return None
        place = _place_above(self._lines, index, self._read_up_to)
        parsed = parse_error(self._lines, index, len(self._lines), header)
        if not (parsed.failure.members or parsed.failure.cause or place):
            return None
        self._previous_start, self._read_up_to = index, parsed.end
        return Found(((parsed.failure, Weight.UNCAUGHT if place else Weight.LOGGED, index),), parsed.end)


def _place_above(lines: Sequence[str], start: int, floor: int) -> _Place | None:
    """Return the place, source and caret that stand above the error at ``start`` and not before ``floor``."""
    above = range(start - 1, max(floor + 1, start - 1 - _PLACE_LINES), -1)
    caret = next((index for index in above if _CARET.match(lines[index])), None)
    if caret is None:
        return None
    found = split_place(lines[caret - 2].strip())
    if found is None or found[2] is not None:
        return None
    path, lineno, _ = found
    return _Place(path, lineno or 0, lines[caret - 1], lines[caret])


def _with_place(failure: Failure, place: _Place) -> Failure:
    """Return ``failure`` with the source that stood above it.

    Where the stack does not name the place, the parser stopped there, or a value without a stack was thrown there.
    """
    path = plain_path(place.path)
    if any(frame.path == path and frame.lineno == place.lineno for frame in failure.frames):
        return attach_source(failure, path, place.lineno, place.source, place.caret)
    is_syntax_error = failure.exception_type == "SyntaxError"
    if not is_syntax_error and failure.frames:
        return failure
    colno = len(place.caret) - len(place.caret.lstrip()) + 1
    frame = with_source(make_frame(place.path, place.lineno, colno), place.source, place.caret)
    if not frame.in_app and not is_source(path) and failure.frames:
        return failure
    return replace(
        failure,
        frames=(*failure.frames, frame),
        kind=FailureKind.SYNTAX_ERROR if is_syntax_error else failure.kind,
        language=language_of(path),
    )
