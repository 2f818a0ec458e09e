"""Exceptions as ``Exception.ToString`` prints them, with their inner exceptions.

Source of the format: dotnet/runtime System.Exception.ToString and AggregateException.ToString; .NET Framework and Mono
put an inner exception behind " ---> " on the same line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qwen_lsp.logparse.dotnet.frames import LANGUAGE, has_place, read_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

UNHANDLED = (
    "Unhandled exception. ",
    "Unhandled Exception:",
    "FATAL UNHANDLED EXCEPTION: ",
    "Unbehandelte Ausnahme: ",
    "Exception non gérée\u00a0: ",
    "Excepción no controlada: ",
)
_TYPE = re.compile(
    r"(?:^|(?<=[\s>|:\]]))(?P<type>(?:[A-Za-z_][\w`+]{0,200}\.){0,30}[A-Za-z_][\w`+]{0,200}?(?:Exception|Error)(?:`[0-9])?)"
    r"(?: \([^()]{1,60}\))?: "
)
_ANY_TYPE = re.compile(r"(?P<type>(?:[A-Za-z_][\w`+]{0,200}\.){0,30}[A-Za-z_][\w`+]{0,200})(?: \([^()]{1,60}\))?: ?")
_INNER = " ---> "
_NUMBERED = re.compile(r"\(Inner Exception #[0-9]{1,6}\) ")
_END_OF_INNER = re.compile(
    r"\s*--- (?:End of inner exception|Ende der internen|Fin de la trace de la pile d'exception|Fin del seguimiento)"
    r".* ---\s*$"
)
_REJOINED = re.compile(r"\s*--- .{1,200} ---\s*$")
_END_OF_MEMBER = "<---"
_ASSERTIONS = re.compile(
    r"(?:^|\.)(?:Assert\w{0,40}Exception|AssertionException|DebugAssertException|XunitException|TrueException)$"
)
_MAX_LINES_ABOVE = 200
_MAX_MESSAGE_LINES = 40
_MAX_DEPTH = 50


@dataclass(slots=True)
class _Open:
    """An exception that is being read; ``is_member`` tells one of an AggregateException's further exceptions."""

    header: str
    is_member: bool = False
    message: list[str] = field(default_factory=list)
    frames: list[StackFrame] = field(default_factory=list)
    cause: Failure | None = None
    members: list[Failure] = field(default_factory=list)

    def close(self) -> Failure:
        """Return the whole exception."""
        match = _ANY_TYPE.match(self.header)
        exception_type = match["type"] if match else self.header.strip() or "Exception"
        text = self.header[match.end() :] if match else ""
        cause, members = self.cause, tuple(self.members)
        if members and cause is not None:
            members, cause = (cause, *members), None
        kind = FailureKind.ASSERTION if _ASSERTIONS.search(exception_type) else FailureKind.EXCEPTION
        return Failure(
            kind,
            exception_type,
            "\n".join([text.strip(), *self.message]).strip(),
            tuple(reversed(self.frames)),
            cause=cause,
            cause_is_explicit=cause is not None,
            members=members,
            language=LANGUAGE,
        )


class Exceptions:
    """Reads exceptions; Mono prints one that nobody caught twice."""

    def __init__(self) -> None:
        self._last: Failure | None = None
        self._headless_up_to = 0
        """The line before which no frame has a header that was not read; frames without one are looked at once."""

    def read_unhandled(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the exception behind "Unhandled exception. "."""
        mark = next((mark for mark in UNHANDLED if mark in lines[index]), None)
        if mark is None:
            return None
        header = lines[index].partition(mark)[2].strip()
        start = index
        if not header and index + 1 < len(lines):
            start, header = index + 1, lines[index + 1].strip()
        if not _ANY_TYPE.match(header) and not (start + 1 < len(lines) and has_place(lines[start + 1])):
            return None
        failure, end = read_exception(lines, start, header)
        if failure == self._last:
            return Found((), end)
        self._last = failure
        return Found.one(failure, Weight.UNCAUGHT, index, end)

    def read_printed(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the exception whose frame is at ``index``; its type and message stand some lines above."""
        if not has_place(lines[index]):
            return None
        header = _header_above(lines, index, max(index - _MAX_LINES_ABOVE, self._headless_up_to))
        if header is None:
            self._headless_up_to = index + 1
            return None
        start, column = header
        failure, end = read_exception(lines, start, lines[start][column:])
        return Found.one(failure, Weight.LOGGED, start, end) if end > index else None


def _header_above(lines: Sequence[str], index: int, floor: int) -> tuple[int, int] | None:
    """Return the line and column where the exception begins whose frame is at ``index``, if not above ``floor``."""
    found: tuple[int, int] | None = None
    message_lines = 0
    for above in range(index - 1, floor - 1, -1):
        line = lines[above]
        if read_frame(line) is not None or _REJOINED.match(line):
            message_lines = 0
            if found is not None:
                return found
            continue
        typed = _TYPE.search(line)
        if typed is not None:
            found = (above, typed.start("type"))
            if not line[: typed.start()].rstrip().endswith("--->"):
                return found
        elif not line.strip() or message_lines > 10:
            return found
        message_lines += 1
    return found


def read_exception(lines: Sequence[str], index: int, header: str) -> tuple[Failure, int]:
    """Return the exception that begins with ``header`` on line ``index``, and the index after it."""
    open_ones: list[_Open] = []
    _push(open_ones, header)
    end = index + 1
    while end < len(lines):
        line = lines[end]
        text = line.strip()
        if (frame := read_frame(line)) is not None:
            open_ones[-1].frames.append(frame)
            if text.endswith(_END_OF_MEMBER):
                _close_member(open_ones)
        elif _END_OF_INNER.match(line):
            _close_inner(open_ones)
        elif _REJOINED.match(line):
            pass
        elif text.startswith("---> ") and len(open_ones) < _MAX_DEPTH:
            inner = text.removeprefix("---> ")
            is_member = _NUMBERED.match(inner) is not None
            if is_member:
                # The one before it has ended, whatever of it was not printed.
                while len(open_ones) > 1:
                    _close_inner(open_ones)
            _push(open_ones, _NUMBERED.sub("", inner, count=1), is_member=is_member)
        elif open_ones[-1].frames or not text or len(open_ones[-1].message) >= _MAX_MESSAGE_LINES:
            if not (text == "" and not open_ones[-1].frames and _goes_on(lines, end)):
                break
        elif not _goes_on(lines, end):
            break
        else:
            open_ones[-1].message.append(text)
        end += 1
    while len(open_ones) > 1:
        _close_inner(open_ones)
    return open_ones[0].close(), end


def _push(open_ones: list[_Open], header: str, *, is_member: bool = False) -> None:
    first, *inner = header.split(_INNER)[:_MAX_DEPTH]
    open_ones.append(_Open(first, is_member))
    open_ones += [_Open(one) for one in inner]


def _close_inner(open_ones: list[_Open]) -> None:
    if len(open_ones) > 1:
        inner = open_ones.pop()
        if inner.is_member:
            open_ones[-1].members.append(inner.close())
        else:
            open_ones[-1].cause = inner.close()


def _close_member(open_ones: list[_Open]) -> None:
    """Close everything down to the innermost member of an AggregateException."""
    while len(open_ones) > 1:
        was_member = open_ones[-1].is_member
        _close_inner(open_ones)
        if was_member:
            break


def _goes_on(lines: Sequence[str], index: int) -> bool:
    """Return whether a frame or an inner exception stands soon below: until then it is the message."""
    return any(read_frame(line) is not None or line.strip().startswith("---> ") for line in lines[index : index + 12])
