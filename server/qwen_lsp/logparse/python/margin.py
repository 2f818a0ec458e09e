"""The text that stands before every line of a traceback when it was printed inside other output."""

from __future__ import annotations

import re

from qwen_lsp.logparse.python import displays
from qwen_lsp.logparse.python.frames import FRAME
from qwen_lsp.logparse.python.traceback import CHAIN_PHRASES, GROUP_HEADER, HEADER, starts_traceback

_DIGITS = re.compile(r"[0-9]")
# Beyond these, the first line alone is freed of what stands before it. They bound the work on hostile logs.
_MAX_MARGIN = 200
_MAX_MARGIN_LINES = 5_000
_MAX_PASSES = 4


def traceback_column(line: str) -> int | None:
    """Return the column of ``line`` where a traceback's text begins, or None when none begins there."""
    header = line.find(HEADER)
    # A test may be named so: "test_log[Traceback (most recent call last):] PASSED".
    if header >= 0 and not line[header + len(HEADER) :].startswith("]"):
        group = header - (len(GROUP_HEADER) - len(HEADER))
        if group >= 0 and line.startswith(GROUP_HEADER, group):
            is_first = line.startswith("  + ", group - 4) if group >= 4 else False
            return group - 4 if is_first else group
        return header
    if displays.is_header(line):
        return 0
    place = line.find('File "')
    if place < 0 or FRAME.match(line, place) is None:
        return None
    return place - 2 if line[max(place - 2, 0) : place] == "  " else place


class Margins:
    """Cuts margins off the lines of one log of ``line_count`` lines, in linear time over all calls."""

    def __init__(self, line_count: int) -> None:
        self._budget = _MAX_PASSES * line_count

    def cut(self, lines: list[str], start: int, column: int) -> int:
        """Cut ``lines[start]`` before ``column``, and after it what corresponds; return the index where that ends.

        A margin is indentation, or the same text up to its digits (a time, a process id), as log collectors repeat
        it. When the line after ``start`` has no margin, only the first line had something before it (a progress bar,
        a logger that prints the traceback on its own line), and the end is that of the log.
        """
        if not column:
            return len(lines)
        margin = lines[start][:column]
        lines[start] = lines[start][column:]
        if column > _MAX_MARGIN:
            return len(lines)
        shape = _DIGITS.sub("0", margin)
        bare = shape.rstrip()
        following = start + 1
        if following < len(lines) and not _belongs(lines[following], column, shape, bare):
            return len(lines)
        limit = min(len(lines), start + _MAX_MARGIN_LINES, start + self._budget)
        previous = ""
        while following < limit and _belongs(lines[following], column, shape, bare):
            text = lines[following][column:]
            if text.startswith((HEADER, "  + " + GROUP_HEADER)) and previous.strip() not in CHAIN_PHRASES:
                break
            lines[following] = text
            previous = text if text.strip() else previous
            following += 1
        self._budget -= following - start
        return following


def _belongs(line: str, column: int, shape: str, bare: str) -> bool:
    """Return whether ``line`` has the margin, or is what is left of it on a line that is blank otherwise."""
    if len(line) <= column:
        return _DIGITS.sub("0", line.rstrip()) == bare
    return _DIGITS.sub("0", line[:column]) == shape and (bool(bare) or not starts_traceback(line))
