"""Which range of a file a frame speaks of, also when the file has changed since the log was made."""

from __future__ import annotations

import re

from qwen_lsp.model import Position, Range, StackFrame
from qwen_lsp.text import TextSnapshot

# psql prints the line that ends a statement, and the text of the line at fault in it.
_NUMBERED_BY_STATEMENT = (".sql", ".psql")
# A name, a number, a quoted text, or one sign.
_TOKEN = re.compile(r"[\w$]+|\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|\S")
# These compilers count a tab as the columns up to the next stop.
_WIDE_TABS = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".mm")
_CHANGED = "the file has changed since the log was made"


def reads_as_printed(frame: StackFrame, snapshot: TextSnapshot) -> bool | None:
    """Return whether the file has the line that the log shows, at its place or once elsewhere; None: none is shown."""
    if frame.source_line is None:
        return None
    if frame.lineno is not None and snapshot.line(frame.lineno - 1).strip() == frame.source_line:
        return True
    return len(_lines_reading(frame.source_line, snapshot)) == 1


def range_of(frame: StackFrame, snapshot: TextSnapshot) -> tuple[Range, str | None]:
    """Return the frame's range in the file and, when it is not where the log says, a note for the user."""
    if frame.lineno is None:
        same = _lines_reading(frame.source_line, snapshot) if frame.source_line is not None else []
        return (_underlined(frame, snapshot, same[0]), None) if len(same) == 1 else _range_of_function(frame, snapshot)
    printed = frame.lineno - 1
    last = max(len(snapshot.lines) - 1, 0)
    if frame.source_line is None:
        if printed <= last:
            return _at_column(frame, snapshot, printed), None
        return snapshot.content_range(last), f"{_CHANGED}: it has no line {frame.lineno} any more"
    if snapshot.line(printed).strip() == frame.source_line:
        return _underlined(frame, snapshot, printed), None
    same = _lines_reading(frame.source_line, snapshot)
    above = [line for line in same if line < printed]
    if above and frame.path.lower().endswith(_NUMBERED_BY_STATEMENT):
        return _underlined(frame, snapshot, above[-1]), None
    if len(same) == 1:
        return _underlined(frame, snapshot, same[0]), f"{_CHANGED}: line {frame.lineno} is now line {same[0] + 1}"
    if printed > last:
        return snapshot.content_range(last), f"{_CHANGED}: it has no line {frame.lineno} any more"
    return snapshot.content_range(printed), f"{_CHANGED}: line {frame.lineno} reads differently"


def _lines_reading(source_line: str, snapshot: TextSnapshot) -> list[int]:
    return [index for index, line in enumerate(snapshot.lines) if line.strip() == source_line]


def _underlined(frame: StackFrame, snapshot: TextSnapshot, index: int) -> Range:
    """Return the caret range in line ``index``, or the line's content where the log underlines nothing."""
    content = snapshot.content_range(index)
    if frame.caret is None:
        return _at_column(frame, snapshot, index) if frame.lineno == index + 1 else content
    start = min(content.start.character + frame.caret.start, content.end.character)
    end = min(content.start.character + frame.caret.end, content.end.character)
    return Range(Position(index, start), Position(index, end)) if start < end else content


def _at_column(frame: StackFrame, snapshot: TextSnapshot, index: int) -> Range:
    """Return what begins at the frame's column of line ``index``, or the line's content where that is not certain.

    Tools count columns in characters, bytes, UTF-16 units or places on the screen: in a line of ASCII they agree.
    """
    line = snapshot.line(index)
    content = snapshot.content_range(index)
    start = (frame.colno or 0) - 1
    if not content.start.character <= start < content.end.character or not line.isascii():
        return content
    token = _TOKEN.match(line, start)
    if token is None or ("\t" in line[:start] and snapshot.path.suffix.lower() in _WIDE_TABS):
        return content
    return Range(Position(index, start), Position(index, token.end()))


def _range_of_function(frame: StackFrame, snapshot: TextSnapshot) -> tuple[Range, str]:
    """Return the range of the line that defines the frame's function, for logs that name no line."""
    if frame.function is not None:
        definition = re.compile(rf"\s*(?:async\s+)?def\s+{re.escape(frame.function)}\s*[\[(]")
        found = [index for index, line in enumerate(snapshot.lines) if definition.match(line)]
        if len(found) == 1:
            return snapshot.content_range(found[0]), f"the log names no line; {frame.function} begins here"
    return snapshot.content_range(0), "the log names no line of this file"
