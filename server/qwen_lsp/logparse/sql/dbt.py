"""Errors of dbt.

Source of the format: dbt-core task/printer.py (``print_run_result_error``) and dbt_common/exceptions/base.py
(``DbtRuntimeError.__str__``), 1.0 to 1.10. The database's "LINE n" counts in the statement that dbt made of the
model: the line's text, not its number, leads to the model's file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.excerpt import read_excerpt
from qwen_lsp.logparse.sql.found import LANGUAGE, Found, kind_of, make_frame, one_blank
from qwen_lsp.model import CaretSpan, Failure, FailureKind

_TIME = r"(?:[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})? +)?"
_HEAD = re.compile(
    _TIME + r" {0,4}(?P<type>(?:Database|Compilation|Runtime|Parsing|Dependency|Validation) Error)"
    r"(?: in (?P<what>[a-z_ ]{1,30}) (?P<name>\S{1,300}) \((?P<path>[^()\n]{1,1000})\))?\s*$"
)
_FAILED_TEST = re.compile(
    _TIME + r" {0,4}Failure in (?P<what>[a-z_ ]{1,30}) (?P<name>\S{1,300}) \((?P<path>[^()\n]{1,1000})\)\s*$"
)
_RESULT = re.compile(_TIME + r" {1,6}(?P<message>Got [0-9]{1,20} results?, configured to fail if .*)")
_COMPILED = re.compile(_TIME + r" {1,6}(?P<note>[Cc]ompiled (?:code|SQL) at .*)")
_NODE = re.compile(r" *\w{1,30} '[^'\n]{1,300}' \((?P<path>[^()\n]{1,1000})\) (?P<message>.*)")
_LINE = re.compile(r" +line (?P<lineno>[0-9]{1,9})\s*$")
_HINT = re.compile(r"(?:HINT|DETAIL|CONTEXT): ")
_INTRODUCTION = "Encountered an error:"
ERROR_MARK, TEST_MARK = " Error", "Failure in "
_MAX_BODY_LINES = 100
_MAX_TEST_LINES = 8


def read_dbt(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that begins at ``lines[index]``, or None."""
    if test := _FAILED_TEST.match(lines[index]):
        return _read_test(lines, index, test["name"], test["path"])
    match = _HEAD.match(lines[index])
    if match is None:
        return None
    if match["path"] is None and not (index and lines[index - 1].rstrip().endswith(_INTRODUCTION)):
        return None
    path: str | None = match["path"]
    lineno: int | None = None
    message: list[str] = []
    notes: list[str] = []
    source_line: str | None = None
    caret: CaretSpan | None = None
    end = index + 1
    while end < min(len(lines), index + _MAX_BODY_LINES) and lines[end].startswith("  ") and lines[end].strip():
        line = lines[end]
        if (excerpt := read_excerpt(lines, end)) is not None:
            source_line, caret = excerpt.source_line, excerpt.caret
            end = excerpt.end
            continue
        end += 1
        if compiled := _COMPILED.match(line):
            notes.append(compiled["note"])
        elif place := _LINE.match(line):
            lineno = int(place["lineno"])
            if end < len(lines) and lines[end].startswith("    "):
                source_line = lines[end].strip()
                end += 1
        elif _HINT.match(line.strip()):
            notes.append(one_blank(line))
        elif path is None and not message and (node := _NODE.match(line)):
            path = node["path"]
            message.append(line.strip())
        else:
            message.append(line.strip())
    if not message:
        return None
    text = "\n".join(message)
    frames = () if path is None else (make_frame(path, lineno, source_line=source_line, caret=caret),)
    failure = Failure(kind_of(text), match["type"], text, frames, notes=tuple(notes), language=LANGUAGE)
    return Found(failure, Weight.UNCAUGHT, end)


def _read_test(lines: Sequence[str], index: int, name: str, path: str) -> Found | None:
    """Read a data test that found rows it should not."""
    message = ""
    notes: tuple[str, ...] = ()
    end = index + 1
    for number in range(index + 1, min(len(lines), index + 1 + _MAX_TEST_LINES)):
        if result := _RESULT.match(lines[number]):
            message, end = result["message"], number + 1
        elif compiled := _COMPILED.match(lines[number]):
            notes, end = (compiled["note"],), number + 1
            break
    if not message:
        return None
    frames = (make_frame(path, None),)
    failure = Failure(FailureKind.ASSERTION, "Failure", message, frames, notes=notes, test_id=name, language=LANGUAGE)
    return Found(failure, Weight.TEST, end)
