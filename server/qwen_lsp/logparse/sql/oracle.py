"""Errors of Oracle as SQL*Plus, SQLcl and SQL Developer print them.

Source of the formats: Oracle Database Error Messages (ORA-06512, ORA-06550), SQL*Plus User's Guide (chapter "SQL*Plus
Error Messages", command SHOW ERRORS). "ERROR at line N" and ORA-06550 count within the statement or block; ORA-06512
within the source of the stored unit, where line 1 is the one that says PROCEDURE, FUNCTION or PACKAGE.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.command import Commands
from qwen_lsp.logparse.sql.found import LANGUAGE, STATEMENT, STDIN, Found, kind_of, make_failure, make_frame, token_span
from qwen_lsp.model import Failure, FailureKind, StackFrame

STARTS = ("ORA-", "PLS-", "SP2-", "ERROR at line ", "Errors for ", "Error at Command Line")
_MESSAGE = re.compile(r"(?P<type>(?:ORA|PLS|SP2)-[0-9]{4,5}): ?(?P<message>.*)")
_STACK_CODE = "ORA-06512"
_AT = re.compile(r'ORA-06512: at (?:"(?P<unit>[^"]{1,300})", )?line (?P<lineno>[0-9]{1,9})')
_AT_COLUMN = re.compile(r"ORA-06550: line (?P<lineno>[0-9]{1,9}), column (?P<column>[0-9]{1,9}):")
_STATEMENT_LINE = re.compile(r"ERROR at line (?P<lineno>[0-9]{1,9}):\s*$")
_COMMAND_LINE = re.compile(
    r"Error at Command Line ?: ?(?P<lineno>[0-9]{1,9}) Column ?: ?(?P<column>[0-9]{1,9})(?: File @ (?P<path>\S.*))?"
)
_REPORT = re.compile(r"Error report -\s*$|SQL Error: ")
_UNIT = re.compile(r"Errors for (?P<type>[A-Z ]{1,30}) (?P<name>[\w.$#\"]{1,300}):\s*$")
_ROW = re.compile(r"(?P<lineno>[0-9]{1,9})/(?P<column>[0-9]{1,9})\s+(?P<message>\S.*)")
# Said of the whole statement after the error proper, or only that a statement was skipped.
_REPEATS = frozenset({"PL/SQL: Statement ignored", "PL/SQL: SQL Statement ignored", "PL/SQL: Item ignored"})
_TABLE_HEAD = ("LINE/COL", "--------")
_MAX_STACK_LINES = 200
_MAX_REPORT_LINES = 5
_LOOK_BACK_LINES = 10


def read_oracle(lines: Sequence[str], index: int, commands: Commands) -> tuple[list[Found], int]:
    """Return the errors reported from ``lines[index]`` on, and the index after them (``index`` for none)."""
    if unit := _UNIT.match(lines[index]):
        return _read_compilation(lines, index + 1, unit["type"].capitalize(), unit["name"].strip('"'))
    if place := _COMMAND_LINE.match(lines[index]):
        start = index + 1
        while start < min(len(lines), index + _MAX_REPORT_LINES) and _REPORT.match(lines[start]):
            if lines[start].startswith("SQL Error: "):
                break
            start += 1
        path = place["path"] or commands.file_before(index, "oracle") or STDIN
        frame = make_frame(path.strip(), int(place["lineno"]), column=int(place["column"]))
        return _read_stack(lines, start, frame)
    if place := _STATEMENT_LINE.match(lines[index]):
        return _read_stack(lines, index + 1, _statement_frame(lines, index, int(place["lineno"])))
    match = _MESSAGE.match(lines[index])
    if match is None or match["type"] == _STACK_CODE or _is_inside_message(lines, index):
        return [], index
    return _read_stack(lines, index, None)


def _is_inside_message(lines: Sequence[str], index: int) -> bool:
    """Return whether the line goes on a message of another program ("DatabaseError: ORA-06550: ...")."""
    for before in range(index - 1, max(index - 1 - _LOOK_BACK_LINES, -1), -1):
        if not lines[before].strip():
            return False
        if lines[before].find(": ORA-") > 0:
            return True
    return False


def _statement_frame(lines: Sequence[str], index: int, lineno: int) -> StackFrame:
    """Return the place in the statement, whose line SQL*Plus prints above with an asterisk below the fault."""
    if index >= 2 and lines[index - 1].strip() == "*":
        line = lines[index - 2]
        caret = token_span(line.strip(), lines[index - 1].index("*") - (len(line) - len(line.lstrip())))
        return make_frame(STATEMENT, lineno, source_line=line, caret=caret)
    return make_frame(STATEMENT, lineno)


def _read_stack(lines: Sequence[str], start: int, place: StackFrame | None) -> tuple[list[Found], int]:
    """Read the error messages from ``lines[start]`` on: one failure, whose ORA-06512 lines are its frames."""
    frames: list[StackFrame] = []
    messages: list[tuple[str, str]] = []
    index = start
    while index < min(len(lines), start + _MAX_STACK_LINES):
        line = lines[index].removeprefix("SQL Error: ").rstrip()
        match = _MESSAGE.match(line.removeprefix("PL/SQL: "))
        if match is None and not line.startswith("PL/SQL: "):
            break
        index += 1
        if at := _AT.match(line):
            if at["unit"] or place is None:
                frames.append(make_frame(at["unit"] or STATEMENT, int(at["lineno"]), function=at["unit"]))
        elif at := _AT_COLUMN.match(line):
            if not messages:
                place = _in_block(place, int(at["lineno"]), int(at["column"]))
        elif match is not None:
            messages.append((match["type"], match["message"].strip()))
    if not messages:
        return [], start
    exception_type, message = messages[0]
    # Printed innermost first.
    stack = (*([place] if place is not None else []), *reversed(frames))
    notes = tuple(f"{code}: {text}" for code, text in messages[1:])
    return [Found(make_failure(exception_type, message, stack, notes), Weight.UNCAUGHT, index)], index


def _in_block(place: StackFrame | None, lineno: int, column: int) -> StackFrame:
    """Return ``place`` made exact by ORA-06550; a place in a file stays, since the line counts within the block."""
    if place is None or (place.path == STATEMENT and place.lineno != lineno):
        return make_frame(STATEMENT, lineno, column=column)
    return replace(place, colno=column) if place.path == STATEMENT else place


def _read_compilation(lines: Sequence[str], start: int, unit_type: str, name: str) -> tuple[list[Found], int]:
    """Read the table of SHOW ERRORS: one failure a row; a row's further lines are indented."""
    founds: list[Found] = []
    index = start
    while index < len(lines):
        row = _ROW.match(lines[index])
        if row is None and lines[index].strip() and not lines[index].startswith(_TABLE_HEAD):
            break
        if row is None and founds and not (index + 1 < len(lines) and _ROW.match(lines[index + 1])):
            break
        index += 1
        if row is None:
            continue
        message = [row["message"].strip()]
        while index < len(lines) and lines[index][:1] in {" ", "\t"} and lines[index].strip():
            message.append(lines[index].strip())
            index += 1
        text = " ".join(message)
        if text in _REPEATS:
            continue
        coded = _MESSAGE.match(text.removeprefix("PL/SQL: "))
        exception_type, text = (coded["type"], coded["message"]) if coded else (f"{unit_type} error", text)
        frame = make_frame(name, int(row["lineno"]), column=int(row["column"]), function=name)
        kind = FailureKind.SYNTAX_ERROR if exception_type.startswith("PLS-") else kind_of(text)
        failure = Failure(kind, exception_type, text, (frame,), language=LANGUAGE)
        founds.append(Found(failure, Weight.UNCAUGHT, index))
    return founds, index
