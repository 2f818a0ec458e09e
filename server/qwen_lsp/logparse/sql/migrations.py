"""What Flyway and Liquibase say of a migration that failed, in their own output or as the message of a Java exception.

Source of the formats: Flyway's FlywaySqlScriptException.java (``getMessage``); Liquibase's ChangeSet.java (``execute``,
``MigrationFailedException``) and liquibase.exception.DatabaseException.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.places import number
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.found import Found, make_failure, make_frame, one_blank, token_span
from qwen_lsp.model import StackFrame

FLYWAY, LIQUIBASE = "SQL State  : ", "Migration failed for change"
_FIELD = re.compile(r"(?P<name>SQL State|Error Code|Message|Location|Line|Statement) *: (?P<value>.*)$")
_NOTE = re.compile(r"\s*(?P<name>Hint|Detail|Position|Where): (?P<value>.*)$")
_ABSOLUTE = re.compile(r" \((?P<path>[/\\A-Za-z][^()]{1,1000})\)$")
_RULE = "-" * 10
_CHANGE_SET = re.compile(r"Migration failed for change ?set (?P<path>\S.{0,500}?)::(?P<id>[^:]{1,200})::[^:]{1,200}:$")
_REASON = re.compile(
    r"\s*Reason: (?:[\w.]{1,200}: )?(?P<message>\S.*?)(?: \[Failed SQL: (?:\(-?[0-9]+\) )?(?P<statement>.*)\])?$"
)
_MAX_LINES = 60


def read_flyway(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of a script, below "Script V3__add_discount.sql failed" and a rule."""
    if not lines[index].startswith(FLYWAY) or index < 2 or not lines[index - 1].startswith(_RULE):
        return None
    fields: dict[str, list[str]] = {}
    end, current = index, [""]
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip():
        if match := _FIELD.match(lines[end]):
            fields[match["name"]] = current = [match["value"].rstrip()]
        elif lines[end].startswith(("\tat ", "Caused by: ")):
            break
        else:
            current.append(lines[end].rstrip())
        end += 1
    said = fields.get("Message", [""])
    notes = {found["name"]: found["value"] for line in said[1:] if (found := _NOTE.match(line))}
    text = "\n".join([said[0], *(line for line in said[1:] if not _NOTE.match(line))]).strip()
    if not text or "Location" not in fields:
        return None
    location = fields["Location"][0]
    path = found["path"] if (found := _ABSOLUTE.search(location)) else location
    frame = _frame(path, fields, notes.get("Position", ""))
    kind, separator, message = text.partition(": ")
    if not separator or not kind.isupper():
        kind, message = "ERROR", text
    shown = tuple(one_blank(f"{name}: {value}") for name, value in notes.items() if name != "Position")
    exception_type = f"{kind} {fields['SQL State'][0]}".rstrip()
    return Found(make_failure(exception_type, message, (frame,), shown), Weight.UNCAUGHT, end)


def _frame(path: str, fields: dict[str, list[str]], position: str) -> StackFrame:
    """Return the place in the script: ``Line`` is that at which the statement begins, the position counts within it."""
    first = number(fields.get("Line", [""])[0])
    offset = number(position)
    statement = "\n".join(fields.get("Statement", [""]))
    if first is None or offset is None or offset > len(statement):
        return make_frame(path, first)
    before = statement[: offset - 1]
    lines = statement.split("\n")
    line = before.count("\n")
    if line == len(lines) - 1:
        # The delimiter is left out, so that the statement's last line may go on in the file.
        return make_frame(path, first + line)
    indentation = len(lines[line]) - len(lines[line].lstrip())
    caret = token_span(lines[line].strip(), len(before.rpartition("\n")[2]) - indentation)
    return make_frame(path, first + line, source_line=lines[line], caret=caret)


def read_liquibase(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of a change set; its reason stands below."""
    column = lines[index].find(LIQUIBASE)
    match = _CHANGE_SET.match(lines[index].rstrip(), column) if column >= 0 else None
    reason = _REASON.match(lines[index + 1].rstrip()) if match is not None and index + 1 < len(lines) else None
    if match is None or reason is None:
        return None
    kind, separator, message = reason["message"].partition(": ")
    if not separator or not kind.isupper():
        kind, message = "ERROR", reason["message"]
    frame = make_frame(match["path"], None, function=f"changeset {match['id']}", source_line=reason["statement"])
    return Found(make_failure(kind, message, (frame,)), Weight.UNCAUGHT, index + 2)
