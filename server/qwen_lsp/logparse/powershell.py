"""Errors of PowerShell: the view of Windows PowerShell and the concise view of PowerShell 7.

Source of the formats: PowerShell's Modules and formatting of ErrorRecord (src/System.Management.Automation/
FormatAndOutput/DefaultFormatters/PowerShellCore_format_ps1xml.cs, ``ErrorView`` NormalView and ConciseView).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

LANGUAGE = "powershell"
_AT = re.compile(r"At (?P<path>\S.{0,500}?\.psm?1):(?P<lineno>[0-9]{1,9}) char:(?P<colno>[0-9]{1,9})$")
_ID = re.compile(r"\s+\+ FullyQualifiedErrorId : (?P<id>\S[^,]{0,200})")
_CONCISE = re.compile(
    r"(?P<command>\S.{0,200}?): (?P<path>\S.{0,500}?\.psm?1):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?$"
)
_ROW = re.compile(r" {0,9}(?P<lineno>[0-9]{0,9}) \| ?(?P<text>.*)$")
_PARSER = ("ParserError", "ParseException", "MissingEndCurlyBrace", "UnexpectedToken")
_MAX_LINES = 30


def _read_normal(lines: Sequence[str], index: int) -> Found | None:
    """Return the error whose place "At deploy.ps1:12 char:5" names; message above, source and identity below."""
    match = _AT.match(lines[index].rstrip())
    if match is None or not index or not lines[index - 1].strip():
        return None
    start = index - 1
    while start and index - start < _MAX_LINES and lines[start - 1].strip() and " : " not in lines[start]:
        start -= 1
    command, separator, first = lines[start].partition(" : ")
    message = [first if separator else command, *lines[start + 1 : index]]
    frame = StackFrame(match["path"], int(match["lineno"]) or None, int(match["colno"]) or None)
    end = index + 1
    exception_type = ""
    while end < min(len(lines), index + _MAX_LINES) and lines[end].lstrip().startswith("+"):
        if identity := _ID.match(lines[end]):
            exception_type = identity["id"]
        elif lines[end].startswith("+ ") and end + 1 < len(lines) and is_underline(lines[end + 1].lstrip("+")):
            marks = lines[end + 1][2:].replace("~", "^")
            frame = with_source(frame, lines[end][2:], marks)
        end += 1
    text = " ".join(line.strip() for line in message)
    return Found.one(_failure(exception_type or "Error", text, frame), Weight.UNCAUGHT, start, end)


def _read_concise(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "Get-Item: /srv/deploy.ps1:12:5", with its source and message behind bars."""
    match = _CONCISE.match(lines[index].rstrip())
    if match is None or index + 1 >= len(lines) or lines[index + 1].rstrip() != "Line |":
        return None
    colno = int(match["colno"]) if match["colno"] else None
    frame = StackFrame(match["path"], int(match["lineno"]) or None, colno or None)
    end = index + 2
    message: list[str] = []
    while end < min(len(lines), index + _MAX_LINES) and (row := _ROW.match(lines[end])):
        if row["lineno"]:
            below = _ROW.match(lines[end + 1]) if end + 1 < len(lines) else None
            marks = below["text"].replace("~", "^") if below and is_underline(below["text"]) else ""
            frame = with_source(frame, row["text"], marks)
        elif not is_underline(row["text"]):
            message.append(row["text"].strip())
        end += 1
    if not message:
        return None
    return Found.one(_failure(match["command"], " ".join(message), frame), Weight.UNCAUGHT, index, end)


def _failure(exception_type: str, message: str, frame: StackFrame) -> Failure:
    is_syntax = any(word in exception_type for word in _PARSER)
    kind = FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION
    return Failure(kind, exception_type, message, (frame,), language=LANGUAGE)


MARKS: Marks = (
    Mark("\nAt ", r"[^\n]{1,500}\.psm?1:[0-9]{1,9} char:[0-9]"),
    Mark("\nLine |", r"[\t ]*\n"),
)
READERS: Readers = (("At ", _read_normal), (".ps1:", _read_concise), (".psm1:", _read_concise))
