"""An error as JavaScript prints it: name, message, stack, properties with the error that caused it.

Source of the formats: V8's ``Error.stack`` (v8.dev/docs/stack-trace-api); Node's lib/internal/util/inspect.js
(``formatError``: "[cause]: ...", "[errors]: [", and "[Error: message]" for errors without a stack).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.javascript.frames import is_elision, language_of, make_frame, read_frame, with_source
from qwen_lsp.model import Failure, FailureKind, StackFrame

MAX_MESSAGE_LINES = 100
_MAX_PROPERTY_LINES = 2_000
_MAX_DEPTH = 20

# "TypeError: text", "AssertionError [ERR_ASSERTION]: text", "DOMException [AbortError]: text", "pkg.SomeError".
# The name tells an error from prose: "request failed: TypeError: text" holds one error.
_HEADER = re.compile(
    r"(?<![\w$.])(?P<type>(?:[A-Za-z_$][\w$]*+\.)*+[A-Za-z_$][\w$]*+)"
    r"(?:(?<=Error)|(?<=Exception)|(?<=Rejection)|(?<=RejectionWarning)|(?<=Failure)|(?<=Violation))"
    r"(?: \[[\w ]{1,60}\])*+(?::(?: |$)(?P<message>.*)|\]?$)"
)
_NAME_PARTS = ("rror", "xception", "Rejection", "Failure", "Violation")
# What may stand before an error, of which the error itself is what matters ("Unhandled Promise Rejection: ").
_WRAPPERS = frozenset({"UnhandledPromiseRejectionWarning", "Rejection"})
_WARNING = re.compile(r"(?<![\w$])(?P<type>(?:[A-Z][A-Za-z]{0,40})?Warning): (?P<message>.*)")
# "error: text" is how node-postgres names its errors, and Bun those without a class.
_WEAK_HEADER = re.compile(r"(?P<type>[A-Z][\w$]*+(?: [A-Z][\w$]*+)?|error): (?P<message>.*)")
_EMITTED = "Emitted 'error' event"
_IMPORTER = re.compile(r" imported from (?P<module>\S+)$|^Require stack:\n- (?P<required_by>.+)$", re.MULTILINE)
# "SyntaxError: /app/data.json: text in JSON at position 8 (line 1 column 9)", of a JSON file that was required.
_DATA_FILE = re.compile(
    r"(?P<path>(?:[A-Za-z]:)?[^:]*+)(?<=\.json): (?P<message>.*)"
    r" \(line (?P<lineno>[0-9]{1,9}) column (?P<colno>[0-9]{1,9})\)$"
)
# "RollupError: /app/src/a.tsx (5:9): message", thrown in a program that builds with Rollup: Storybook, Astro.
_BUILDERS = frozenset({"RollupError", "RolldownError"})
_REFUSED = re.compile(r"(?P<path>[^\s:()][^:()]*) \((?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})\): (?P<message>\S.*)")
_CARET = re.compile(r" *+\^ *+$")
_CAUSE_LABELS = ("[cause]: ", "cause: ", "Caused by: ")


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an error; ``prefix`` stands before its name."""

    exception_type: str
    message: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ParsedError:
    """An error and the index of the first line after it."""

    failure: Failure
    end: int


FrameReader = Callable[[str], StackFrame | None]


def read_header(line: str) -> Header | None:
    """Return the error that ``line`` names anywhere in it, or None; the name tells an error from prose."""
    if not any(part in line for part in _NAME_PARTS):
        return None
    for match in _HEADER.finditer(line):
        name = match["type"]
        if not name[0].isupper() and "." not in name:
            continue
        if name in _WRAPPERS and (inner := read_header(match["message"] or "")) is not None:
            return replace(inner, prefix=line[: match.end("type")])
        prefix = line[: match.start()]
        message = (match["message"] or "").rstrip()
        if prefix.rstrip().endswith("["):
            message = message.removesuffix("{").rstrip().removesuffix("]")
        return Header(name, message, prefix)
    return None


def is_named(text: str) -> bool:
    """Return whether ``text`` reads like "Name: message" or "(node:7) DeprecationWarning: message"."""
    return (_WARNING.search(text) or _WEAK_HEADER.match(text)) is not None


def read_weak_header(line: str) -> Header:
    """Return what ``line``, which stands right above a stack, says when it holds no known kind of name."""
    text = line.strip()
    match = _WARNING.search(text) or _WEAK_HEADER.match(text)
    if match is None:
        return Header("Error", text)
    return Header(match["type"], match["message"])


def failure_kind(exception_type: str) -> FailureKind:
    """Return the kind of an error by its name.

    A SyntaxError may be one of JSON.parse: only who knows the place where the parser stopped calls it a syntax error.
    """
    return FailureKind.ASSERTION if "Assertion" in exception_type else FailureKind.EXCEPTION


def make_failure(header: Header, message: str, frames: Sequence[StackFrame]) -> Failure:
    """Return the failure of an error whose frames, oldest call first, are ``frames``."""
    if header.exception_type == "SyntaxError" and (data := _DATA_FILE.match(message)) is not None:
        frame = make_frame(data["path"], int(data["lineno"]), int(data["colno"]))
        return Failure(FailureKind.SYNTAX_ERROR, "SyntaxError", data["message"], (*frames, frame), language="json")
    own = next((frame for frame in reversed(frames) if frame.in_app), None)
    if own is None and header.exception_type in _BUILDERS and (refused := _REFUSED.match(message)) is not None:
        # Rollup counts columns from 0.
        own = make_frame(refused["path"], int(refused["lineno"]), int(refused["colno"]) + 1)
        frames, message = (*frames, own), refused["message"] + message[refused.end() :]
    if own is None and (importer := _IMPORTER.search(message)) is not None:
        # Node resolves the imports of a module before it runs: the stack holds no frame of it.
        path = importer["module"] or importer["required_by"]
        own = make_frame(path, None, None)
        frames = (*frames, own)
    return Failure(
        kind=failure_kind(header.exception_type),
        exception_type=header.exception_type,
        message=message,
        frames=tuple(frames),
        language=language_of(own.path) if own is not None else "javascript",
    )


def parse_error(
    lines: Sequence[str],
    start: int,
    stop: int,
    header: Header,
    read: FrameReader = read_frame,
    *,
    depth: int = 0,
    stack: int | None = None,
) -> ParsedError:
    """Return the error whose first line, ``lines[start]``, has been read as ``header``.

    Its stack begins at ``stack``, or else with the first frame below: messages have lines. Nothing at or after ``stop``
    is read.
    """
    indent = _indentation(lines[start])
    first = stack or _first_frame(lines, start + 1, min(stop, start + 1 + MAX_MESSAGE_LINES), read, is_nested=depth > 0)
    if first is None or header.prefix.endswith("["):
        message, index = header.message.removesuffix(",").removesuffix(" {"), start + 1
        frames: list[StackFrame] = []
        opens = lines[start].rstrip().endswith("{")
    else:
        following, source = _without_source(lines[start + 1 : first])
        message = _join(header.message, following)
        frames, index = read_frames(lines, first, stop, read)
        if source is not None and frames:
            frames[-1] = with_source(frames[-1], *source)
        opens = lines[index - 1].rstrip().endswith("{")
    if index < stop and lines[index].strip().startswith(_EMITTED):
        _, index = read_frames(lines, index + 1, stop, read)
        opens = lines[index - 1].rstrip().endswith("{")
    failure = make_failure(header, message, frames)
    if opens:
        failure, index = _read_properties(lines, index, stop, indent, failure, depth)
    elif index < stop and depth < _MAX_DEPTH and (cause := _cause(lines[index])) is not None:
        parsed = parse_error(lines, index, stop, cause, read, depth=depth + 1)
        failure, index = replace(failure, cause=parsed.failure, cause_is_explicit=True), parsed.end
    return ParsedError(failure, index)


def read_frames(
    lines: Sequence[str], start: int, stop: int, read: FrameReader = read_frame
) -> tuple[list[StackFrame], int]:
    """Return the frames printed from ``lines[start]`` on, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    index = start
    while index < stop:
        frame = read(lines[index])
        if frame is not None:
            frames.append(frame)
        elif not is_elision(lines[index]):
            break
        index += 1
        if lines[index - 1].rstrip().endswith((" {", ",")):
            break
    return frames[::-1], index


def _first_frame(lines: Sequence[str], start: int, limit: int, read: FrameReader, *, is_nested: bool) -> int | None:
    for index in range(start, limit):
        if read(lines[index]) is not None:
            return index
        text = lines[index].strip()
        if text.startswith("Node.js v") or (is_nested and (text.rstrip(",") == "}" or _cause(text) is not None)):
            return None
    return None


def _without_source(following: Sequence[str]) -> tuple[Sequence[str], tuple[str, str] | None]:
    """Return the lines of a message without the source and the caret that Deno prints between it and the stack."""
    if len(following) > 1 and _CARET.match(following[-1]) and following[-2].strip():
        return following[:-2], (following[-2], following[-1])
    return following, None


def _join(first: str, following: Sequence[str]) -> str:
    """Return the message without the indentation that its further lines share."""
    indent = min((_indentation(line) for line in following if line.strip()), default=0)
    return "\n".join([first, *(line[indent:].rstrip() for line in following)]).strip()


def _cause(line: str) -> Header | None:
    """Return the error that ``line`` gives as the cause of the one before it."""
    text = line.strip()
    label = next((label for label in _CAUSE_LABELS if text.startswith(label)), None)
    return read_header(text[len(label) :]) if label is not None else None


def _read_properties(
    lines: Sequence[str], start: int, stop: int, indent: int, failure: Failure, depth: int
) -> tuple[Failure, int]:
    """Return ``failure`` with cause and members from its properties, which end at a brace below its first line."""
    members: list[Failure] = []
    index = start
    is_in_errors = False
    limit = min(stop, start + _MAX_PROPERTY_LINES)
    while index < limit:
        line = lines[index]
        text = line.strip()
        if text and _indentation(line) <= indent:
            index += text.rstrip(",") in {"}", "}]"}
            break
        nested = _cause(line) or (read_header(text) if is_in_errors else None)
        if text in {"[errors]: [", "errors: ["}:
            is_in_errors = True
        elif text.rstrip(",") == "]":
            is_in_errors = False
        elif depth < _MAX_DEPTH and nested is not None:
            parsed = parse_error(lines, index, limit, nested, depth=depth + 1)
            index = parsed.end
            if is_in_errors:
                members.append(parsed.failure)
            else:
                failure = replace(failure, cause=parsed.failure, cause_is_explicit=True)
            continue
        index += 1
    return replace(failure, members=tuple(members)), index


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
