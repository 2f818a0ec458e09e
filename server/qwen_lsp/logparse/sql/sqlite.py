"""Errors of the sqlite3 shell.

Source of the format: SQLite src/shell.c.in (``runOneSqlLine``, ``save_err_msg``, ``shell_error_context``), 3.8 to
3.50. The line is that of the statement's first word; the text below it is the statement with its line ends as blanks,
cut around the error, so that the line of the error itself cannot be told from the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.command import Commands
from qwen_lsp.logparse.sql.found import STDIN, Found, make_failure, make_frame
from qwen_lsp.model import StackFrame

STARTS = ("Parse error", "Runtime error", "Error: near line ", "Error: in prepare, ", "Error: stepping, ")
_HEAD = re.compile(
    r"(?P<type>Parse error|Runtime error|Error)(?::? near line (?P<lineno>[0-9]{1,9}): |: (?:in prepare|stepping), )"
    r"(?P<message>\S.*)"
)
_RESULT_CODE = re.compile(r" \([0-9]{1,5}\)$")
_POINTER = re.compile(r" *(?:\^--- error here|error here ---\^)\s*$")


def read_sqlite(lines: Sequence[str], index: int, commands: Commands) -> Found | None:
    """Return the error that begins at ``lines[index]``, or None."""
    match = _HEAD.match(lines[index])
    if match is None:
        return None
    end = index + 1
    notes: tuple[str, ...] = ()
    if end + 1 < len(lines) and lines[end].startswith("  ") and _POINTER.match(lines[end + 1]):
        notes = (f"SQL: {lines[end].strip()}",)
        end += 2
    message = _RESULT_CODE.sub("", match["message"].rstrip())
    frames: tuple[StackFrame, ...] = ()
    if match["lineno"] is not None:
        frames = (make_frame(commands.file_before(index, "sqlite3") or STDIN, int(match["lineno"])),)
    return Found(make_failure(match["type"], message, frames, notes), Weight.UNCAUGHT, end)
