"""Errors in PostgreSQL's server log.

Source of the format: PostgreSQL src/backend/utils/error/elog.c (``send_message_to_server_log``): one line a field,
each with the prefix of the setting log_line_prefix, further lines of a field behind a tab. "at character N" counts in
the QUERY, where there is one, else in the STATEMENT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.found import STATEMENT, Found, make_failure, make_frame, token_span
from qwen_lsp.logparse.sql.postgres import function_frames
from qwen_lsp.model import StackFrame

MARK = ":  "
_MARKS = ("ERROR:  ", "FATAL:  ", "PANIC:  ")
_HEAD = re.compile(r"(?P<type>ERROR|FATAL|PANIC):  (?:(?P<state>[0-9A-Z]{5}): )?(?P<message>\S.*)")
_FIELD = re.compile(r"(?P<name>DETAIL|HINT|QUERY|CONTEXT|LOCATION|BACKTRACE|STATEMENT):  (?P<value>.*)")
_POSITION = re.compile(r" at character (?P<position>[0-9]{1,9})$")
_DIGITS = re.compile(r"[0-9]+")
_MAX_LINES = 500
_FUNCTION_BODY = "QUERY"


def read_server_log(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that begins at ``lines[index]``, behind a prefix, or None.

    Only an error with fields below it, or a fatal one, is known to be PostgreSQL's.
    """
    line = lines[index]
    column = min((place for mark in _MARKS if (place := line.find(mark)) > 0), default=-1)
    match = _HEAD.match(line, column) if column > 0 else None
    if match is None:
        return None
    fields, end = _read_fields(lines, index + 1, line[:column])
    if not fields and (match["type"] == "ERROR" or "[" not in line[:column]):
        return None
    message = match["message"].rstrip()
    position = _POSITION.search(message)
    if position is not None:
        message = message[: position.start()]
    frames = []
    sql = fields.get(_FUNCTION_BODY) or fields.get("STATEMENT")
    if sql is not None and position is not None and _FUNCTION_BODY not in fields:
        frames.append(_place(sql, int(position["position"])))
    frames += function_frames(fields.get("CONTEXT", ""))
    notes = tuple(f"{name}: {text}" for name, text in fields.items() if name not in {"LOCATION", "BACKTRACE"})
    exception_type = match["type"] + (f" {match['state']}" if match["state"] else "")
    # The client got the same error, and what it made of it is what the user sees.
    return Found(make_failure(exception_type, message, tuple(frames), notes), Weight.LOGGED, end)


def _read_fields(lines: Sequence[str], start: int, prefix: str) -> tuple[dict[str, str], int]:
    """Return the text of each field below a message whose prefix is ``prefix`` up to its digits."""
    shape = _DIGITS.sub("0", prefix)
    fields: dict[str, list[str]] = {}
    current: list[str] | None = None
    index = start
    while index < min(len(lines), start + _MAX_LINES):
        line = lines[index]
        if line.startswith("\t"):
            if current is None:
                break
            current.append(line[1:])
        else:
            match = _FIELD.search(line, 0, len(prefix) + 40)
            match = _FIELD.match(line, match.start()) if match else None
            if match is None or _DIGITS.sub("0", line[: match.start()]) != shape:
                break
            current = fields.setdefault(match["name"], [])
            current.append(match["value"])
        index += 1
    return {name: "\n".join(value) for name, value in fields.items()}, index


def _place(statement: str, position: int) -> StackFrame:
    """Return the place of the character ``position`` (1-based) in ``statement``."""
    before = statement[: position - 1]
    lineno = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1)
    lines = statement.split("\n")
    line = lines[lineno - 1]
    caret = token_span(line.strip(), column - (len(line) - len(line.lstrip())))
    return make_frame(STATEMENT, lineno, column=column + 1, source_line=line, caret=caret)
