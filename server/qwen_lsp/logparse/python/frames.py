"""One frame of a Python stack: its line in a traceback, the underlined part, whose code it is."""

from __future__ import annotations

import re
import unicodedata

from qwen_lsp.model import CaretSpan, StackFrame

# CPython Lib/traceback.py, StackSummary.format_frame_summary and TracebackException._format_syntax_error;
# "line None" and "line 0" are frames without a line (generated code).
FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<lineno>[0-9]{1,9}|None|\?)(?:, in (?P<function>.*))?\s*$')

# What lies outside the user's own code, by its path alone: interpreter-made code ("<frozen importlib._bootstrap>",
# "<string>", a notebook's "Cell In[3]"), installed packages, virtual environments, the standard library on Unix
# ("lib/python3.12/"), on Windows ("Python312\Lib\"), of PyPy ("lib/pypy3.10/") and zipped, and the test runner itself.
_FOREIGN = re.compile(
    r"^<|^Cell In|^Input In"
    r"|(?:^|/)(?:site-packages|dist-packages|\.venv|venv|\.tox|\.nox|_pytest|pluggy)/"
    r"|(?:^|/)lib(?:64)?/(?:python|pypy)[0-9][0-9.]*t?/"
    r"|/(?:pythoncore-|python)[0-9][0-9.-]*t?(?:-32|-64)?/lib/"
    r"|(?:^|/)python[0-9]+\.zip/",
    re.IGNORECASE,
)
_CARETS = re.compile(r"\s*[~^][~^ ]*$")


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code; both kinds of slash are understood."""
    return _FOREIGN.search(path.replace("\\", "/")) is None


def is_caret_line(line: str) -> bool:
    """Return whether ``line`` only underlines the one above it (CPython 3.11+: ``~`` and ``^``; before: ``^``)."""
    return _CARETS.match(line) is not None


def caret_span(source_line: str, caret_line: str) -> CaretSpan | None:
    """Return the part of the stripped ``source_line`` that ``caret_line`` underlines, both as printed.

    CPython counts terminal columns, so that a wide character takes two (Lib/traceback.py, ``_display_width``).
    """
    stripped = source_line.strip()
    indentation = len(source_line) - len(source_line.lstrip())
    start = len(caret_line) - len(caret_line.lstrip()) - indentation
    end = len(caret_line.rstrip()) - indentation
    if not stripped.isascii():
        start, end = _from_columns(stripped, start), _from_columns(stripped, end)
    start, end = max(start, 0), min(end, len(stripped))
    return CaretSpan(start, end) if start < end else None


def _from_columns(text: str, column: int) -> int:
    """Return the index in ``text`` of the character at terminal column ``column``."""
    width = 0
    for index, character in enumerate(text):
        if width >= column:
            return index
        width += 2 if unicodedata.east_asian_width(character) in "FW" else 1
    return len(text)


def make_frame(path: str, lineno: str | None, function: str | None, source: list[str]) -> StackFrame:
    """Return the frame whose printed source, caret lines included, is ``source``.

    Of an expression over several lines (CPython 3.13+) the first line and its carets are kept: it is the one that
    ``lineno`` names.
    """
    source_line = source[0] if source and not is_caret_line(source[0]) else None
    if source_line is not None and source_line.strip() in {"", "???"}:
        source_line = None
    caret = None
    if source_line is not None and len(source) > 1 and is_caret_line(source[1]):
        caret = caret_span(source_line, source[1])
    return StackFrame(
        path=path,
        lineno=positive(lineno),
        function=function or None,
        source_line=source_line.strip() if source_line is not None else None,
        caret=caret,
        in_app=is_in_app(path),
    )


def positive(lineno: str | None) -> int | None:
    """Return the 1-based line number that ``lineno`` spells, or None where it spells none."""
    if lineno is None or not lineno.isdecimal():
        return None
    return int(lineno) or None
