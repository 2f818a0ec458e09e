"""Errors of SQL Server as sqlcmd, osql and Management Studio print them.

Source of the format: Microsoft Learn, "Understand Database Engine errors" and "sqlcmd utility". "Line" counts within
the batch (since the last GO) or, with "Procedure", within the text that created it: neither is a line of a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.found import Found, make_failure, make_frame

STARTS = ("Msg ",)
_HEAD = re.compile(
    r"(?P<type>Msg [0-9]{1,9}), Level (?P<level>[0-9]{1,2}), State [0-9]{1,5}"
    r"(?:, Server (?P<server>[^,\n]{1,200}))?(?:, Procedure (?P<procedure>[^,\n]{1,300}))?"
    r"(?:, Line (?P<lineno>[0-9]{1,9}))?(?P<start> \[Batch Start Line [0-9]{1,9}\])?\s*$"
)
_BATCH = "<batch>"
# Severities up to 10 are information ("Understand Database Engine errors", table of severities).
_MAX_INFORMATION_LEVEL = 10


def read_sqlserver(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that begins at ``lines[index]``, or None."""
    match = _HEAD.match(lines[index])
    if match is None or int(match["level"]) <= _MAX_INFORMATION_LEVEL:
        return None
    end = index + 1
    message = lines[end].strip() if end < len(lines) else ""
    lineno = int(match["lineno"] or 0)
    procedure = match["procedure"]
    frames = (make_frame(procedure or _BATCH, lineno, function=procedure),)
    notes = (match["start"].strip(" []"),) if match["start"] else ()
    return Found(make_failure(match["type"], message, frames, notes), Weight.UNCAUGHT, min(end + 1, len(lines)))
