"""Errors of the mysql and mariadb shells.

Source of the format: MySQL client/mysql.cc and MariaDB client/mysql.cc (``put_info``, ``com_go``). "at line N" is the
line of the statement's first word; the server's "near '...' at line N" counts within the statement. The client sends
empty lines but no comments, so that the sum of both is exact unless a comment of several lines stands before the
error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.command import Commands
from qwen_lsp.logparse.sql.found import STDIN, Found, make_failure, make_frame, token_span
from qwen_lsp.model import StackFrame

STARTS = tuple(f"ERROR {digit}" for digit in range(10))
_HEAD = re.compile(
    r"(?P<type>ERROR [0-9]{4,5}(?: \([0-9A-Z]{5}\))?)(?: at line (?P<lineno>[0-9]{1,9}))?"
    r"(?: in file: '(?P<path>[^'\n]{1,400})')?: (?P<message>.*)"
)
_NEAR_OPEN = " near '"
_NEAR_CLOSE = re.compile(r"' at line (?P<lineno>[0-9]{1,9})$")
# The server quotes at most 80 characters.
_MAX_MESSAGE_LINES = 81
_RULE = "--------------"
_MAX_STATEMENT_LINES = 500


def read_mysql(lines: Sequence[str], index: int, commands: Commands) -> Found | None:
    """Return the error that begins at ``lines[index]``, or None."""
    match = _HEAD.match(lines[index])
    if match is None:
        return None
    message, end = match["message"].rstrip(), index + 1
    if _NEAR_OPEN in message:
        message, end = _whole_message(lines, index, message)
    frames: tuple[StackFrame, ...] = ()
    if match["lineno"] is not None:
        path = match["path"] or commands.file_before(index, "mysql") or STDIN
        frames = (_frame(path, int(match["lineno"]), message, _statement_before(lines, index)),)
    return Found(make_failure(match["type"], message, frames), Weight.UNCAUGHT, end)


def _whole_message(lines: Sequence[str], index: int, first: str) -> tuple[str, int]:
    """Return the message that begins with ``first``, whose quoted SQL may run over lines, and the index after it."""
    message = [first]
    end = index + 1
    while not _NEAR_CLOSE.search(message[-1]):
        if end >= len(lines) or len(message) >= _MAX_MESSAGE_LINES or lines[end].startswith(STARTS):
            return first, index + 1
        message.append(lines[end].rstrip())
        end += 1
    return "\n".join(message), end


def _frame(path: str, first_lineno: int, message: str, statement: list[str]) -> StackFrame:
    opened, closed = message.find(_NEAR_OPEN), _NEAR_CLOSE.search(message)
    if opened < 0 or closed is None:
        return make_frame(path, first_lineno, source_line=statement[0] if len(statement) > 1 else None)
    near = message[opened + len(_NEAR_OPEN) : closed.start()].partition("\n")[0].rstrip()
    within = int(closed["lineno"]) or 1
    lineno = first_lineno + within - 1
    # Of the last line the delimiter is missing, so that it does not read as in the file.
    if within >= len(statement):
        return make_frame(path, lineno)
    line = statement[within - 1].strip()
    return make_frame(path, lineno, source_line=line, caret=token_span(line, line.rfind(near)) if near else None)


def _statement_before(lines: Sequence[str], index: int) -> list[str]:
    """Return the lines of the statement that stands between two rules before the error (batch mode), if it does."""
    if index < 3 or lines[index - 1].strip() or lines[index - 2].rstrip() != _RULE:
        return []
    for start in range(index - 3, max(index - 3 - _MAX_STATEMENT_LINES, -1), -1):
        if lines[start].rstrip() == _RULE:
            return list(lines[start + 1 : index - 2])
    return []
