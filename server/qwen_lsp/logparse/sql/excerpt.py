"""The line of a statement that PostgreSQL's clients show with a caret below the fault.

Source of the format: PostgreSQL src/interfaces/libpq/fe-protocol3.c (``reportErrorPosition``). Tabs are shown as
blanks, and of a line wider than 60 columns a part, with "..." where it is cut. "LINE" is translated ("ZEILE",
"LIGNE").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qwen_lsp.logparse.sql.found import caret_span
from qwen_lsp.model import CaretSpan

_EXCERPT = re.compile(r" {0,8}(?P<head>[^\W\d_]{2,12} (?P<lineno>[0-9]{1,9}): )(?P<text>.*)")
_CUT = "..."


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line shown by a client: ``lineno`` (1-based) counts within the statement.

    ``source_line`` is None where only a part of the line is shown; ``shown`` is the whole as printed.
    """

    lineno: int
    shown: str
    source_line: str | None
    caret: CaretSpan | None
    end: int


def read_excerpt(lines: Sequence[str], index: int) -> Excerpt | None:
    """Return what ``lines[index]`` and the caret line below it show, or None."""
    match = _EXCERPT.match(lines[index])
    if match is None or index + 1 >= len(lines) or lines[index + 1].strip() != "^":
        return None
    text = match["text"]
    shown = lines[index].strip()
    if text.startswith(_CUT) or text.endswith(_CUT):
        return Excerpt(int(match["lineno"]), shown, None, None, index + 2)
    column = lines[index + 1].index("^") - match.end("head")
    return Excerpt(int(match["lineno"]), shown, text.strip(), caret_span(text, column), index + 2)
