"""Failing tests of PHPUnit, in its default and its TestDox report.

Source of the formats: PHPUnit src/TextUI/DefaultResultPrinter.php (``printDefect``; 10:
Output/Default/ResultPrinter.php) and src/Util/TestDox/CliTestDoxPrinter.php.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.php.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_SECTION = re.compile(r"There (?:was|were) [0-9]{1,9} (?P<what>[a-zA-Z ]{1,60}?)s?:$")
_ITEM = re.compile(r"[0-9]{1,9}\) (?P<test>[A-Za-z_\\][\w\\]{0,400}::\w.*)$")
_PLACE = re.compile(r"(?P<path>\S.{0,1000}?\.\w{1,10}):(?P<lineno>[0-9]{1,9})$")
_TYPE = re.compile(r"(?P<type>[A-Za-z_\\][\w\\]{0,300}(?:Exception|Error|[a-z]\\[\w\\]{1,300})): (?P<message>.*)$")
_MARGIN = "   \u2502"
_CROSS = " \u2718 "
_CAUSED = "Caused by"
_FAILED = frozenset({"failure", "error", "PHPUnit error"})
_MAX_LINES = 400


class PhpUnit:
    """Reads the items of a report; the heading above them says whether they are failures at all."""

    def __init__(self) -> None:
        self._section = "failure"

    def follow(self, lines: Sequence[str], index: int) -> Found | None:
        """Take note of "There were 2 errors:"."""
        if match := _SECTION.match(lines[index]):
            self._section = match["what"]
        return None

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the failing test that "1) CartTest::testTotal" begins."""
        match = _ITEM.match(lines[index])
        if match is None:
            return None
        end = index + 1
        while end < min(len(lines), index + _MAX_LINES) and not _ends(lines, end):
            end += 1
        failure = _read_body(lines[index + 1 : end], match["test"].strip())
        if failure is None or self._section not in _FAILED:
            return Found((), end) if failure is not None else None
        return Found.one(failure, Weight.TEST, index, end)


def read_testdox(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that a cross and its description begin; the rest stands behind a margin."""
    if not lines[index].startswith(_CROSS) or index + 1 >= len(lines) or not lines[index + 1].startswith(_MARGIN):
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith(_MARGIN):
        end += 1
    body = [line.removeprefix(_MARGIN).removeprefix(" ") for line in lines[index + 1 : end]]
    failure = _read_body(body, lines[index].removeprefix(_CROSS).strip())
    return Found.one(failure, Weight.TEST, index, end) if failure is not None else None


def _ends(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    return bool(_ITEM.match(line) or line == "--" or line.startswith(("FAILURES!", "ERRORS!")))


def _read_body(body: Sequence[str], test: str) -> Failure | None:
    """Return the failure of a message, its places and what it was caused by; None where no place is named."""
    failure: Failure | None = None
    parts: list[list[str]] = [[]]
    for line in body:
        if line.rstrip() == _CAUSED:
            parts.append([])
        else:
            parts[-1].append(line)
    for part in reversed(parts):
        one = _read_part(part)
        if one is None:
            return None
        failure = replace(one, cause=failure, cause_is_explicit=failure is not None)
    return replace(failure, test_id=test) if failure is not None else None


def _read_part(part: Sequence[str]) -> Failure | None:
    frames: list[StackFrame] = []
    message: list[str] = []
    for line in part:
        if place := _PLACE.match(line.rstrip()):
            frames.append(make_frame(place["path"], int(place["lineno"])))
        elif not frames:
            message.append(line.rstrip())
    text = "\n".join(message).strip()
    if not frames or not text:
        return None
    named = _TYPE.match(text.partition("\n")[0])
    is_assertion = "Failed asserting" in text
    exception_type = "Failure" if is_assertion else "Error"
    if named and not is_assertion:
        exception_type, text = named["type"], named["message"] + text[named.end() :]
    kind = FailureKind.ASSERTION if is_assertion else FailureKind.EXCEPTION
    return Failure(kind, exception_type, text, tuple(reversed(frames)), language=LANGUAGE)
