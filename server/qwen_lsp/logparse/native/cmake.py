"""Errors of CMake's configuration.

Source of the format: CMake's Source/cmMessenger.cxx and cmListFileBacktrace (``PrintCallStack``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import is_in_app
from qwen_lsp.logparse.places import split_place
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_HEAD = re.compile(
    r"CMake Error(?: \(dev\))?"
    r"(?: at (?P<path>.{1,1000}?):(?P<lineno>[0-9]{1,9})(?: \((?P<command>[^()]{1,200})\))?)?:(?P<message>.*)$"
)
_CALLER = re.compile(r"  (?P<path>\S.{0,1000}?):(?P<lineno>[0-9]{1,9}) \((?P<command>[^()]{1,200})\)$")
_STACK = "Call Stack (most recent call first):"
_MAX_LINES = 200


def read_cmake(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that "CMake Error at CMakeLists.txt:4 (message):" begins."""
    match = _HEAD.match(lines[index])
    if match is None:
        return None
    message = [match["message"].strip()] if match["message"].strip() else []
    end = index + 1
    blank = 0
    while end < min(len(lines), index + _MAX_LINES):
        line = lines[end]
        if line.startswith(_STACK) or (line.strip() and not line.startswith("  ")) or blank > 1:
            break
        blank = 0 if line.strip() else blank + 1
        message.append(line.strip())
        end += 1
    callers: list[StackFrame] = []
    if end < len(lines) and lines[end].startswith(_STACK):
        end += 1
        while end < len(lines) and (caller := _CALLER.match(lines[end])):
            callers.append(_frame(caller["path"], caller["lineno"], caller["command"]))
            end += 1
    if match["path"]:
        callers.insert(0, _frame(match["path"], match["lineno"], match["command"]))
    text = "\n".join(message).strip()
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if text.startswith("Parse error") else FailureKind.EXCEPTION,
        exception_type="CMake Error",
        message=text,
        frames=tuple(reversed(callers)),
        language="cmake",
    )
    return Found.one(failure, Weight.TEST, index, end)


def _frame(printed: str, lineno: str, command: str | None) -> StackFrame:
    path, _, _ = split_place(printed)
    return StackFrame(path, int(lineno) or None, None, command, in_app=is_in_app(path) and "/share/cmake" not in path)
