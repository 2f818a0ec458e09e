"""SQLAlchemy's errors where a program printed the error alone, without a traceback.

Source of the format: SQLAlchemy lib/sqlalchemy/exc.py (``DBAPIError``, ``StatementError._sql_message``). Inside a
traceback they are the message of a Python exception, which is read as such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.excerpt import read_excerpt
from qwen_lsp.logparse.sql.found import STATEMENT, Found, make_failure, make_frame, one_blank
from qwen_lsp.model import StackFrame

MARK = "sqlalchemy.exc."
_HEAD = re.compile(r"sqlalchemy\.exc\.\w{1,60}: \((?P<type>[\w.]{1,100})\) (?P<message>.*)")
_BACKGROUND = "(Background on this error at: "
_SQL = "[SQL: "
_MAX_LINES = 300


def read_sqlalchemy(lines: Sequence[str], index: int) -> Found | None:
    """Return the error whose text begins in ``lines[index]``, or None, also where it ends a traceback."""
    column = lines[index].find(MARK)
    match = _HEAD.match(lines[index], column) if column >= 0 else None
    if match is None or (index and lines[index - 1].startswith((" ", "\t", "E "))):
        return None
    frame: StackFrame | None = None
    notes: list[str] = []
    end = index + 1
    for number in range(index + 1, min(len(lines), index + _MAX_LINES)):
        line = lines[number]
        if MARK in line:
            return None
        if frame is None and (excerpt := read_excerpt(lines, number)) is not None:
            frame = make_frame(STATEMENT, excerpt.lineno, source_line=excerpt.source_line, caret=excerpt.caret)
        if line.startswith((_SQL, "HINT: ", "DETAIL: ")):
            notes.append(one_blank(line))
        end = number + 1
        if line.startswith(_BACKGROUND):
            break
    else:
        return None
    frames = () if frame is None else (frame,)
    return Found(make_failure(match["type"], match["message"].rstrip(), frames, tuple(notes)), Weight.LOGGED, end)
