"""Exceptions that nobody caught, syntax errors, and backtraces that a program or a tool printed.

Source of the formats: ruby's error.c (``rb_ec_error_print``, ``show_cause``; 2.5 to 2.7 print the oldest call first
at a terminal), parse.y and prism's ``pm_parse_errors_format``; logger/formatter.rb; Rails' debug_exceptions.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.logparse.ruby.frames import LANGUAGE, PLACE, make_frame, read_frame, read_frames, with_details
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_HEAD = re.compile(
    rf"{PLACE}:in [`'](?P<function>.{{1,1000}}?)': (?P<message>.*?)(?: \((?P<type>[A-Z][\w:]{{0,300}})\))?$"
)
_HEAD_OF_FILE = re.compile(rf"{PLACE}: (?P<message>.{{1,2000}}) \((?P<type>[A-Z][\w:]{{0,300}})\)$")
_OLDEST_FIRST = "Traceback (most recent call last):"
_NUMBERED = re.compile(r"\s+[0-9]{1,6}: from (?P<frame>.*)$")
_SYNTAX = re.compile(
    rf"{PLACE}: (?P<message>(?:{PLACE.replace('path', 'again').replace('lineno', 'line')}: )?"
    r"syntax errors? ?(?:found|, |[a-z, ]).*)$"
)
_PRISM = re.compile(r"(?P<mark>>| ) *(?P<lineno>[0-9]{1,9}) \| ?(?P<text>.*)$")
_PRISM_POINTER = re.compile(r" {0,12}\| (?P<pointer> *[\^~]+) (?P<message>.*)$")
_TYPED = re.compile(r"(?:^|(?<=[\s(\[:]))(?P<type>[A-Z]\w{0,200}(?:::[A-Z]\w{0,200}){0,20}): ")
_RAILS = re.compile(r"(?:\[[^\]]{0,200}\] )?(?P<type>[A-Z]\w{0,200}(?:::[A-Z]\w{0,200}){0,20}) \((?P<message>.*)\):$")
_TYPE_AT_END = re.compile(r"(?P<message>.*) ?\((?P<type>[A-Z]\w{0,200}(?:::[A-Z]\w{0,200}){0,20})\)$")
_TYPE_NAME = re.compile(r"Error$|Exception$|Invalid$|NotFound$|Timeout$|Interrupt$|::")
_TEMPLATE_SOURCE = re.compile(r" {1,8}(?P<lineno>[0-9]{1,6}): ?(?P<text>.*)$")
TEMPLATE_ERROR = "::Template::Error ("
_LOGGER = " -- : "
_CALLER = ("\tfrom ", "        from ")
"""Copied from a terminal, a tab is blanks."""
_MAX_DETAIL_LINES = 30
_MAX_LINES_ABOVE = 12
_MAX_CAUSES = 30
_NO_TYPE = "RuntimeError"


def read_backtrace(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception whose first place is in ``lines[index]``."""
    if _HEAD.match(lines[index]):
        return _read_uncaught(lines, index)
    return _read_printed(lines, index)


def _read_uncaught(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception that ended a program or a thread, with those that it was raised for."""
    chain: list[Failure] = []
    end = index
    while len(chain) < _MAX_CAUSES and end < len(lines) and (head := _HEAD.match(lines[end])):
        failure, after = _read_one(lines, end, head)
        if chain and not _is_same_run(chain[0], failure):
            break
        chain.append(failure)
        end = after
    if not chain:
        return None
    whole = chain[-1]
    for failure in reversed(chain[:-1]):
        whole = replace(failure, cause=whole, cause_is_explicit=True)
    is_thread = index > 0 and lines[index - 1].startswith("#<Thread:")
    return Found.one(whole, Weight.BACKGROUND if is_thread else Weight.UNCAUGHT, index, end)


def _read_one(lines: Sequence[str], index: int, head: re.Match[str]) -> tuple[Failure, int]:
    frame = make_frame(head["path"], head["lineno"], head["function"])
    start = index + 1
    callers = start
    while callers < min(len(lines), start + _MAX_DETAIL_LINES) and not lines[callers].startswith(_CALLER):
        if _HEAD.match(lines[callers]):
            break
        callers += 1
    has_callers = callers < len(lines) and lines[callers].startswith(_CALLER)
    if not has_callers:
        callers = _end_of_details(lines, start)
    frame, rest = with_details(frame, lines[start:callers])
    older, end = read_frames(lines, callers, "from ") if has_callers else ((), callers)
    message = head["message"] if head["type"] or head["message"] != "unhandled exception" else ""
    text = "\n".join([message.rstrip(), *rest])
    return make_failure(head["type"] or _NO_TYPE, text, (*older, frame)), end


def _end_of_details(lines: Sequence[str], start: int) -> int:
    """Return the index after what belongs to an exception without callers: underlined source, "Did you mean?"."""
    end = start
    if end + 2 < len(lines) and not lines[end].strip() and is_underline(lines[end + 2]):
        end += 3
    if end < len(lines) and lines[end].startswith("Did you mean?"):
        end += 1
        while end < len(lines) and lines[end].startswith("               "):
            end += 1
    return end


def _is_same_run(first: Failure, other: Failure) -> bool:
    """Return whether the backtraces of both begin at the same call: the second is the first one's cause."""
    one, two = first.frames[0], other.frames[0]
    return one.path == two.path and (
        one.lineno == two.lineno or "<main>" in (one.function or "") + (two.function or "")
    )


def make_failure(exception_type: str, message: str, frames: tuple[StackFrame, ...]) -> Failure:
    """Return the failure of an exception; that of a syntax error has the place that its message names, too."""
    kind = FailureKind.EXCEPTION
    if exception_type.rpartition("::")[2] in {"SyntaxError", "ScriptError"}:
        kind = FailureKind.SYNTAX_ERROR
        if named := _SYNTAX.match(message):
            frames = (*frames, make_frame(named["path"], named["lineno"]))
            message = message[named.start("message") :]
    return Failure(kind, exception_type, message, frames, language=LANGUAGE)


def read_oldest_first(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception of Ruby 2.5 to 2.7 at a terminal: the calls, numbered, and then the exception."""
    if not lines[index].endswith(_OLDEST_FIRST):
        return None
    frames: list[StackFrame] = []
    end = index + 1
    while end < len(lines) and (match := _NUMBERED.match(lines[end])):
        if (frame := read_frame(match["frame"].strip())) is not None:
            frames.append(frame)
        end += 1
    head = _HEAD.match(lines[end]) if end < len(lines) and end > index + 1 else None
    if head is None:
        return None
    failure, end = _read_one(lines, end, head)
    return Found.one(replace(failure, frames=(*frames, *failure.frames)), Weight.UNCAUGHT, index, end)


def read_syntax_error(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "broken.rb:4: syntax error, unexpected end-of-input", with the source below it."""
    match = _SYNTAX.match(lines[index])
    if match is None:
        return None
    message = match["message"].removesuffix(" (SyntaxError)").rstrip()
    frame = make_frame(match["again"] or match["path"], match["line"] or match["lineno"])
    message = message.partition(": ")[2] if match["again"] else message
    end = index + 1
    texts: list[str] = []
    source = ""
    while end < min(len(lines), index + _MAX_DETAIL_LINES):
        if numbered := _PRISM.match(lines[end]):
            source = numbered["text"]
            if numbered["mark"] == ">" and not texts:
                frame = replace(frame, lineno=int(numbered["lineno"]))
        elif pointed := _PRISM_POINTER.match(lines[end]):
            if not texts:
                frame = with_source(frame, source, pointed["pointer"])
            texts.append(pointed["message"])
        else:
            break
        end += 1
    if end == index + 1 and end + 1 < len(lines) and is_underline(lines[end + 1]) and lines[end].strip():
        frame = with_source(frame, lines[end], lines[end + 1])
        end += 2
    callers, end = read_frames(lines, end, "from ")
    failure = Failure(
        FailureKind.SYNTAX_ERROR, "SyntaxError", "\n".join([message, *texts]), (*callers, frame), language=LANGUAGE
    )
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def read_template(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of a template that Rails logs: its class and message, source lines, and the frames."""
    head = _RAILS.match(lines[index].rstrip())
    if head is None:
        return None
    start = index + 1
    source: dict[int, str] = {}
    while start < min(len(lines), index + _MAX_DETAIL_LINES):
        numbered = _TEMPLATE_SOURCE.match(lines[start])
        if numbered is None and lines[start].strip():
            break
        if numbered is not None:
            source[int(numbered["lineno"])] = numbered["text"].strip()
        start += 1
    frames, end = read_frames(lines, start)
    if not frames:
        return None
    innermost = replace(frames[-1], source_line=source.get(frames[-1].lineno or 0) or None)
    return Found.one(make_failure(head["type"], head["message"], (*frames[:-1], innermost)), Weight.LOGGED, index, end)


def _read_printed(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception whose backtrace begins at ``index``, and whose class and message stand above it.

    So print it rake, Rails, ``Logger``, Sidekiq and ``Exception#full_message``.
    """
    frames, end = read_frames(lines, index, "from " if lines[index].lstrip().startswith("from ") else "")
    if not frames:
        return None
    found = _header_above(lines, index)
    if found is None:
        return Found((), end)
    start, exception_type, message, details = found
    frame, rest = with_details(frames[-1], details)
    is_fatal = start > 0 and lines[start - 1].startswith("rake aborted!")
    failure = make_failure(exception_type, "\n".join([message.strip(), *rest]), (*frames[:-1], frame))
    return Found.one(failure, Weight.UNCAUGHT if is_fatal else Weight.LOGGED, start, end)


def _header_above(lines: Sequence[str], index: int) -> tuple[int, str, str, Sequence[str]] | None:
    """Return where the exception's text begins above ``index``, its class and message, and the lines below those."""
    for start in range(index - 1, max(index - 1 - _MAX_LINES_ABOVE, -1), -1):
        line = lines[start].rstrip()
        if _LOGGER in line:
            text = "\n".join([line.partition(_LOGGER)[2], *lines[start + 1 : index]]).rstrip()
            if match := _TYPE_AT_END.match(text.rpartition("\n")[2]):
                *first, _ = [*text.split("\n"), ""]
                first[-1] = match["message"]
                return start, match["type"], first[0], first[1:]
        if rails := _RAILS.match(line):
            return start, rails["type"], rails["message"], lines[start + 1 : index]
        typed = next((match for match in _TYPED.finditer(line) if _TYPE_NAME.search(match["type"])), None)
        if typed is not None:
            return start, typed["type"], line[typed.end() :], lines[start + 1 : index]
        if read_frame(line.strip()) is not None:
            return None
    return None
