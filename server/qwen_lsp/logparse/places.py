"""Parts of lines that many tools print alike: ``path:line:column``, and a source line with a part underlined."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from qwen_lsp.model import CaretSpan, StackFrame

_UNDERLINE = re.compile(r"[ \t]*+[~^][~^ \t-]*+$")
_TOKEN = re.compile(r"[\w$@]++|->|\"[^\"]*+\"|'[^']*+'")
_MAX_DIGITS = 9


def number(text: str) -> int | None:
    """Return the number that ``text`` spells, or None where it spells none; 0 counts as none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        return None
    return int(text) or None


def split_place(text: str) -> tuple[str, int | None, int | None]:
    """Return path, line and column of ``path``, ``path:line`` or ``path:line:column``; None for what is not there."""
    head, _, last = text.rpartition(":")
    if not head or number(last) is None:
        return text, None, None
    path, _, middle = head.rpartition(":")
    if path and number(middle) is not None:
        return path, number(middle), number(last)
    return head, number(last), None


def is_underline(line: str) -> bool:
    """Return whether ``line`` only underlines the one above it."""
    return _UNDERLINE.match(line) is not None


def with_source(frame: StackFrame, source_line: str, underline: str = "") -> StackFrame:
    """Return ``frame`` with its source line and the part that is underlined, both aligned as printed.

    Of several underlined parts the one with ``^`` counts. A single ``^`` at the beginning of a name or string means
    all of it. Compilers count terminal columns, of which a wide character takes two (gcc and clang alike).
    """
    text = source_line.strip()
    if not text:
        return frame
    caret = underline.find("^")
    if caret < 0:
        caret = len(underline) - len(underline.lstrip())
    start, end = caret, caret
    while start > 0 and underline[start - 1] in "~^":
        start -= 1
    while end < len(underline) and underline[end] in "~^":
        end += 1
    indentation = len(source_line) - len(source_line.lstrip())
    first, last = (_index(source_line, column) - indentation for column in (start, end))
    if last - first == 1 and 0 <= first < len(text) and (token := _TOKEN.match(text, first)):
        last = token.end()
    first, last = max(first, 0), min(last, len(text))
    return replace(frame, source_line=text, caret=CaretSpan(first, last) if first < last else None)


def _index(text: str, column: int) -> int:
    """Return the index in ``text`` of the character at terminal column ``column``."""
    if text.isascii():
        return column
    width = 0
    for index, character in enumerate(text):
        if width >= column:
            return index
        width += 2 if unicodedata.east_asian_width(character) in "FW" else 1
    return len(text) + max(column - width, 0)
