"""What the TypeScript compiler refuses, in its plain and its pretty style.

Source of the formats: TypeScript's src/compiler/program.ts (``formatDiagnostic``,
``formatDiagnosticsWithColorAndContext``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript.frames import make_frame, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

_DIAGNOSTIC = re.compile(r"(?P<severity>error|warning) (?P<code>TS[0-9]{1,6}): (?P<message>.*)$")
_PLAIN_PLACE = re.compile(
    r"\s*+(?P<path>[^\s(][^(]*+(?:\([^0-9(][^(]*+)*+)\((?P<lineno>[0-9]{1,9}),(?P<colno>[0-9]{1,9})\): $"
)
_PRETTY_PLACE = re.compile(r"\s*+(?P<path>\S.*):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}) - $")
_SOURCE = re.compile(r"\s*+[0-9]{1,9} (?P<source>.*)$")
_UNDERLINE = re.compile(r"\s*+~+\s*$")
_MAX_DETAIL_LINES = 50
_MAX_SOURCE_LINES = 12


def read_diagnostic(lines: Sequence[str], index: int) -> Found | None:
    """Return what the compiler says in ``lines[index]``, in either style."""
    return read_pretty(lines, index) or read_plain(lines, index)


def read_plain(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "path(1,2): error TS1005: message" or "error TS18003: message"."""
    match = _DIAGNOSTIC.search(lines[index])
    if match is None:
        return None
    place = _PLAIN_PLACE.match(lines[index][: match.start()])
    if place is None and lines[index][: match.start()].strip():
        return None
    details, end = _details(lines, index + 1)
    # CI and task runners put words before the path: "Error: src/a.ts(1,2)", "web:build: src/a.ts(1,2)".
    path = place["path"].rpartition(": ")[2] if place else ""
    frame = make_frame(path, int(place["lineno"]), int(place["colno"])) if place and path else None
    return _found(match, details, frame, index, end)


def read_pretty(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "path:1:2 - error TS1005: message", with the source below it."""
    match = _DIAGNOSTIC.search(lines[index])
    place = _PRETTY_PLACE.match(lines[index][: match.start()]) if match is not None else None
    if match is None or place is None:
        return None
    details, end = _details(lines, index + 1)
    frame = make_frame(place["path"], int(place["lineno"]), int(place["colno"]))
    for source in range(end, min(len(lines) - 1, end + _MAX_SOURCE_LINES)):
        numbered = _SOURCE.match(lines[source])
        if numbered and _UNDERLINE.match(lines[source + 1]):
            if lines[source].split()[0] == place["lineno"]:
                column = numbered.start("source")
                frame = with_source(frame, lines[source][column:], lines[source + 1][column:])
            end = source + 2
            break
        if lines[source].strip() and not numbered and not _UNDERLINE.match(lines[source]):
            break
    return _found(match, details, frame, index, end)


def _details(lines: Sequence[str], start: int) -> tuple[list[str], int]:
    """Return the indented lines that go on with the message, and the index after them."""
    end = start
    while end < min(len(lines), start + _MAX_DETAIL_LINES) and lines[end].startswith("  ") and lines[end].strip():
        if _DIAGNOSTIC.search(lines[end]) or _SOURCE.match(lines[end]):
            break
        end += 1
    return [line.strip() for line in lines[start:end]], end


def _found(match: re.Match[str], details: list[str], frame: StackFrame | None, index: int, end: int) -> Found:
    is_warning = match["severity"] == "warning"
    # Codes below 2000 are those of the parser (src/compiler/diagnosticMessages.json).
    is_syntax = len(match["code"]) == len("TS1000") and match["code"].startswith("TS1")
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type=match["code"],
        message="\n".join([match["message"].rstrip(), *details]),
        frames=(frame,) if frame is not None else (),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language="typescript",
    )
    return Found(((failure, Weight.IGNORED if is_warning else Weight.TEST, index),), end)
