"""The traceback that CPython prints: chains, groups, syntax errors, cut-off ends.

Source of the format: CPython Lib/traceback.py (``TracebackException.format``, ``StackSummary.format``), 3.8 to 3.14.
Notes (``BaseException.add_note``) are printed like further lines of the message, so they are kept in ``message``;
``Failure.notes`` stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.python import displays
from qwen_lsp.logparse.python.frames import FRAME, make_frame
from qwen_lsp.model import Failure, FailureKind, StackFrame

HEADER = "Traceback (most recent call last):"
GROUP_HEADER = "Exception Group Traceback (most recent call last):"
# logging's stack_info and faulthandler.dump print stacks that are no failure.
STACK_HEADER = "Stack (most recent call last):"
CHAIN_PHRASES = {
    "The above exception was the direct cause of the following exception:": True,
    "During handling of the above exception, another exception occurred:": False,
}
"""The sentence between two tracebacks of a chain, and whether it stands for ``raise ... from ...``."""

UNKNOWN_EXCEPTION = "unknown error"
UNKNOWN_MESSAGE = "the log ends before the line that names the exception"

_MAX_CHAIN = 50
_MAX_GROUP_DEPTH = 20
_MAX_MESSAGE_LINES = 100

_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
# pytest's own exceptions: for pytest.fail() and pytest.raises(), and for a doctest's example.
_ASSERTIONS = frozenset({"AssertionError", "Failed", "DocTestFailure"})

# "package.module.Class: message", "function.<locals>.Class". A type without a dot starts with a capital, or has a
# message: a line such as "done" after a cut-off traceback is no exception.
_EXCEPTION = re.compile(r"(?P<type>[^\W\d][\w.]*+(?:<locals>[\w.]++)*+)(?:(?P<colon>:)(?: (?P<message>.*))?)?\s*$")
_LOG_LEVELS = frozenset({"DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "TRACE"})
# FastAPI's exceptions.py (``_format_endpoint_context``) ends a message with the endpoint: its frame, then "GET /path".
_ENDPOINT = re.compile(r"    (?:[A-Z]{3,7}|WEBSOCKET) /\S*$")
# Python takes the column of Jinja's generated code for one of the template, and underlines what is left of the line.
_SHORT_UNDERLINE = re.compile(r" {0,3}[~^]+\s*$")
_REPEATED = re.compile(r"\s*\[Previous line repeated [0-9]+ more times?\]")
_MEMBER_RULE = re.compile(r"  \+-{10,}(?: (?P<label>[0-9.]+) -{10,})?\s*$")
_MEMBERS_START = re.compile(r"\+-\+-{10,} (?:[0-9.]+) -{10,}\s*$")
_MORE_MEMBERS = re.compile(r"and [0-9]+ more exceptions?\s*$")
_SYNTAX_PLACE = re.compile(r"\((?P<path>[^()]{1,400}), line (?P<lineno>[0-9]{1,9})\)$")
# The first line of what some other program, or the failed one's logging, prints after the exception line.
_OTHER_OUTPUT = re.compile(
    # Six dashes end what Docker repeats of a step. Lines of access logs: Django's, and werkzeug's or gunicorn's.
    r"\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}[ :]|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]+)? -|"
    r"\[?[0-9]{4}-[0-9]{2}-[0-9]{2}|\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|TRACE)\b"
    r"|make(?:\[[0-9]+\])?: |npm |##\[|Error: Process completed|(?:\([^()]{1,100}\) ?)?[\w.@~/:-]{0,200}[$#%>\u276f] "
    r"|Process [\w-]+:$|Exception (?:in thread|ignored) |Task exception was never|={5,}|-{6}$|-{10,}|_{5,}|\*{10,}"
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A failure, or None for what only looked like one, and the index of the first line after it."""

    failure: Failure | None
    end: int
    is_cut: bool = False


def failure_kind(exception_type: str) -> FailureKind:
    """Return the kind of failure that an exception of this type (dotted or not) is."""
    name = exception_type.rpartition(".")[2]
    if name in _SYNTAX_ERRORS:
        return FailureKind.SYNTAX_ERROR
    return FailureKind.ASSERTION if name in _ASSERTIONS else FailureKind.EXCEPTION


def parse_exception_line(line: str) -> tuple[str, str] | None:
    """Return the type and the message's first line of an exception line, or None when ``line`` is none."""
    match = _EXCEPTION.match(line)
    if match is None:
        return None
    exception_type = match["type"]
    name = exception_type.rpartition(".")[2]
    if name in _LOG_LEVELS:
        return None
    if match["colon"] is None and "." not in exception_type and not name[:1].isupper():
        return None
    return exception_type, (match["message"] or "").strip()


def read_chain(lines: Sequence[str], start: int, stop: int, *, depth: int = 0, is_whole: bool = False) -> Parsed:
    """Return the failure whose first traceback begins at ``lines[start]``, with the failures it was raised from.

    ``lines`` are free of prefixes and margins; ``start`` is a header, a frame line or an exception line. Nothing at
    or after ``stop`` is read. ``is_whole`` says that nothing but this chain stands before ``stop``, so that a message
    may hold blank lines.
    """
    parsed = _read_one(lines, start, stop, depth, is_whole)
    chain_length = 1
    while parsed.failure is not None:
        phrase = _skip_blank(lines, parsed.end, stop)
        if phrase >= stop or lines[phrase].strip() not in CHAIN_PHRASES:
            break
        following = _skip_blank(lines, phrase + 1, stop)
        if following >= stop or not starts_traceback(lines[following]):
            break
        last = _read_one(lines, following, stop, depth, is_whole)
        if last.failure is None:
            break
        # An endless chain in a hostile log would otherwise nest deeper than Python can compare or print.
        cause = parsed.failure if chain_length % _MAX_CHAIN else replace(parsed.failure, cause=None)
        chain_length += 1
        is_explicit = CHAIN_PHRASES[lines[phrase].strip()]
        parsed = Parsed(replace(last.failure, cause=cause, cause_is_explicit=is_explicit), last.end, last.is_cut)
    return parsed


def starts_traceback(line: str) -> bool:
    """Return whether ``line``, free of prefixes, begins a traceback."""
    return line.startswith((HEADER, GROUP_HEADER, "  + " + GROUP_HEADER, '  File "')) or displays.is_header(line)


def _skip_blank(lines: Sequence[str], index: int, stop: int) -> int:
    """Return the index of the first line that is neither blank nor the end of a quoted remote traceback.

    multiprocessing and concurrent.futures print a worker's traceback between two lines of three quotes.
    """
    while index < stop and (not lines[index].strip() or lines[index].strip() == '"""'):
        index += 1
    return index


def _read_one(lines: Sequence[str], start: int, stop: int, depth: int, is_whole: bool) -> Parsed:
    """Read one traceback without what it was raised from."""
    if lines[start].startswith("  + " + GROUP_HEADER):
        return _read_group(lines, start, stop, depth)
    if displays.is_header(lines[start]):
        has_header = True
        frames, index = displays.read_frames(lines, start, stop)
    elif displays.is_spaced(lines, start, stop):
        has_header = True
        frames, index = displays.read_spaced(lines, start + 1, stop)
    else:
        has_header = lines[start].startswith((HEADER, GROUP_HEADER))
        frames, index = read_frames(lines, start + has_header, stop)
    exception = parse_exception_line(lines[index]) if index < stop else None
    if exception is None:
        if not frames or not (has_header or index >= stop):
            return Parsed(None, max(index, start + 1))
        failure = Failure(FailureKind.EXCEPTION, UNKNOWN_EXCEPTION, UNKNOWN_MESSAGE, frames)
        return Parsed(failure, index, is_cut=True)
    exception_type, first_line = exception
    # Gunicorn prints the message once more below the traceback of a worker that did not start.
    is_repeated = bool(first_line) and lines[index + 1 : index + 2] == [first_line] and not is_whole
    end = index + 1 if is_repeated else _message_end(lines, index + 1, stop, is_whole)
    message = "\n".join([first_line, *lines[index + 1 : end]]).strip()
    if exception_type.startswith("fastapi."):
        endpoint, end = _read_endpoint(lines, end, stop)
        frames += endpoint
    members, end = _read_members(lines, end, stop, depth)
    kind = failure_kind(exception_type)
    if kind is FailureKind.SYNTAX_ERROR and not frames:
        frames = _frames_of_message(first_line)
    return Parsed(Failure(kind, exception_type, message, frames, members=members), end)


def _read_endpoint(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frame of the endpoint that FastAPI prints after a message, the code at fault, and where it ends."""
    frame_line = start + 1
    if frame_line + 1 >= stop or lines[start].strip() or not _ENDPOINT.match(lines[frame_line + 1]):
        return (), start
    match = FRAME.match(lines[frame_line], 2)
    if match is None:
        return (), start
    return (make_frame(match["path"], match["lineno"], match["function"], []),), frame_line + 2


def _message_end(lines: Sequence[str], start: int, stop: int, is_whole: bool) -> int:
    """Return the index after the message whose second line would be ``lines[start]``.

    A message may hold blank lines, but so may what is printed after it: beyond a blank line it goes on only where the
    sentence of a chain or the members of a group follow it.
    """
    index = start
    limit = stop if is_whole else min(stop, start + _MAX_MESSAGE_LINES)
    blank: int | None = None
    while index < limit:
        line = lines[index]
        if line.strip() in CHAIN_PHRASES or _MEMBERS_START.match(line):
            return index
        if starts_traceback(line) or line.startswith(STACK_HEADER) or line.strip() == '"""':
            break
        if not line.strip() and blank is None:
            blank = index
        if blank is None and not is_whole and _OTHER_OUTPUT.match(line):
            break
        index += 1
    return index if blank is None or is_whole else blank


def _read_group(lines: Sequence[str], start: int, stop: int, depth: int) -> Parsed:
    """Read an exception group with its margin of ``|`` (CPython Lib/traceback.py, ``_ExceptionPrintContext``)."""
    inner = [lines[start][4:]]
    index = start + 1
    while index < stop and lines[index].startswith("  ") and lines[index].lstrip(" ")[:1] in {"|", "+"}:
        inner.append(_without_margin(lines[index][2:]))
        index += 1
    parsed = read_chain(inner, 0, len(inner), depth=depth)
    return Parsed(parsed.failure, index, parsed.is_cut)


def _without_margin(line: str) -> str:
    return line[2:] if line.startswith("|") else line


def _read_members(lines: Sequence[str], start: int, stop: int, depth: int) -> tuple[tuple[Failure, ...], int]:
    """Return the sub-exceptions printed from ``lines[start]`` on, and the index of the first line after them."""
    if start >= stop or not _MEMBERS_START.match(lines[start]):
        return (), start
    members: list[Failure] = []
    body: list[str] = []

    def finish_member() -> None:
        if body and depth < _MAX_GROUP_DEPTH and not _MORE_MEMBERS.match(body[0]):
            parsed = read_chain(body, 0, len(body), depth=depth + 1)
            if parsed.failure is not None:
                members.append(parsed.failure)
        body.clear()

    index = start + 1
    while index < stop and lines[index].startswith("  "):
        rule = _MEMBER_RULE.match(lines[index])
        if rule is None:
            body.append(_without_margin(lines[index][2:]))
        else:
            finish_member()
            if rule["label"] is None:
                index += 1
                break
        index += 1
    finish_member()
    return tuple(members), index


def _frames_of_message(message: str) -> tuple[StackFrame, ...]:
    """Return the place that ``str()`` of a syntax error ends in: "invalid syntax (main.py, line 3)"."""
    match = _SYNTAX_PLACE.search(message)
    return (make_frame(match["path"], match["lineno"], None, []),) if match else ()


def read_frames(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames that stand from ``lines[start]`` on, and the index of the first line after them."""
    frames: list[StackFrame] = []
    index = start
    while index < stop:
        match = FRAME.match(lines[index], 2) if lines[index].startswith("  ") else None
        if match is None:
            if frames and _REPEATED.match(lines[index]):
                index += 1
                continue
            break
        index += 1
        source_start = index
        while index < stop and lines[index].startswith("    ") and FRAME.match(lines[index], 2) is None:
            index += 1
        source = [line[4:] for line in lines[source_start : min(index, source_start + 2)]]
        if source and index < stop and _SHORT_UNDERLINE.match(lines[index]):
            index += 1
        frames.append(make_frame(match["path"], match["lineno"], match["function"], source))
    return tuple(frames), index
