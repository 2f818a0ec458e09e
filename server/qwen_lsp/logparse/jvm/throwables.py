"""Exceptions with their stacks, causes and suppressed exceptions.

Source of the format: ``java.lang.Throwable.printStackTrace`` (OpenJDK); Logback's ThrowableProxyConverter ("common
frames omitted", "Wrapped by" when the root cause comes first); Gradle's FullExceptionFormatter; JUnit's console
launcher.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qwen_lsp.logparse.jvm.frames import JAVA, language_of, plain, read_frame
from qwen_lsp.model import Failure, FailureKind, StackFrame

UNKNOWN = "unknown error"
MAX_MESSAGE_LINES = 40
_MAX_FRAMES = 100
_MAX_LINES = 20_000
_MAX_CAUSES = 50

_NAME = r"(?:[A-Za-z_$][\w$]*+\.)*+[A-Za-z_$][\w$]*+"
_HEADER = re.compile(
    rf'(?:Exception in thread "(?P<thread>[^"\n]{{0,300}}+)" )?(?P<type>{_NAME})(?::(?: (?P<message>.*))?)?\s*$'
)
# Behind words of the log: "12:00:01 ERROR [main] Shop - cannot start java.io.IOException: no such file".
_WITHIN = re.compile(
    r"(?:^|[\s:|\]])(?P<type>(?:[a-z_][\w$]*+\.)++[A-Z][\w$]*(?:Exception|Error|Throwable|Failure)[\w$]*+)"
    r"(?::(?: (?P<message>.*))?)?\s*$"
)
_THROWN = re.compile(r"Exception|Error|Throwable|Failure|Failed|Fault|Death|Abort|Interrupt")
_LABEL = re.compile(r"(?P<label>Caused by|Suppressed|Wrapped by):\s*(?P<rest>.*)$")
_OMITTED = re.compile(
    r"(?:\.\.\. [0-9]{1,9} (?:more|common frames omitted|frames? (?:omitted|excluded))|\[\.\.\.\]|\.\.\.)"
)
_ASSERTION = re.compile(
    r"Assert|ComparisonFailure|MultipleFailuresError|TestFailed|MockitoError|FailException|Expectation"
)


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an exception. ``prefix`` is what stands before it; ``thread`` the thread that it ended."""

    exception_type: str
    message: str
    prefix: str = ""
    thread: str | None = None
    is_certain: bool = True
    """Whether the name is that of an exception and not just any class's."""


@dataclass(slots=True)
class _Section:
    """One exception of a chain."""

    label: str
    indent: int
    header: Header
    message: list[str] = field(default_factory=list)
    frames: list[StackFrame] = field(default_factory=list)


def read_header(text: str) -> Header | None:
    """Return the exception that ``text``, free of tools' prefixes, begins or ends with, else None."""
    stripped = text.strip()
    match = _HEADER.match(stripped)
    if match is not None and (parsed := _strict(match)) is not None:
        return parsed
    within = _WITHIN.search(stripped) if "." in stripped else None
    if within is None:
        return None
    return Header(within["type"], (within["message"] or "").rstrip(), prefix=stripped[: within.start("type")])


def _strict(match: re.Match[str]) -> Header | None:
    name = match["type"]
    package, _, simple = name.rpartition(".")
    # Obfuscated names apart, a class begins with a capital letter.
    if not simple.lstrip("_$")[:1].isupper():
        return None
    is_thrown = _THROWN.search(simple) is not None
    if not is_thrown and (not package or (match["thread"] is None and not package[:1].islower())):
        return None
    if not package and match["thread"] is None and not simple.endswith(("Exception", "Error", "Throwable")):
        return None
    return Header(name, (match["message"] or "").rstrip(), thread=match["thread"], is_certain=is_thrown)


def find_header(lines: Sequence[str], index: int, floor: int) -> tuple[int, Header] | None:
    """Return the first line, not before ``floor``, of the exception whose first frame is at ``index``.

    It is less indented than its frames; a message may name other exceptions, each in a line indented like a frame.
    Behind a blank line, which a message may hold too, only one without indentation counts.
    """
    frame_indent = _indent(plain(lines[index]))
    fallback: tuple[int, Header] | None = None
    is_behind_blank = False
    for number in range(index - 1, max(floor, index - MAX_MESSAGE_LINES) - 1, -1):
        text = plain(lines[number])
        if not text.strip():
            is_behind_blank = True
            continue
        indent = _indent(text)
        header = read_header(text)
        if header is None or (is_behind_blank and indent):
            continue
        if not header.is_certain and (indent or number != index - 1):
            # "   java.lang.Thread.State: RUNNABLE" in a dump of threads.
            continue
        if indent < frame_indent or not indent:
            return number, header
        # Frames and all may have lost their indentation, or have been given another one.
        fallback = fallback or (number, header)
    return fallback


def read_throwable(
    lines: Sequence[str], start: int, header: Header, *, needs_at: bool = True, indent: int | None = None
) -> tuple[Failure, int]:
    """Return the exception with ``header``, whose first line is at ``start``, its chain, and the index after it."""
    base = _indent(plain(lines[start])) if indent is None else indent
    sections = [_Section("", base, header)]
    index = start + 1
    while index < min(len(lines), start + _MAX_LINES):
        section = sections[-1]
        text = plain(lines[index])
        stripped = text.lstrip()
        if (frame := read_frame(stripped, needs_at=needs_at)) is not None:
            section.frames.append(frame)
        elif _OMITTED.match(stripped):
            pass
        elif label := _LABEL.match(stripped):
            rest = label["rest"]
            if not rest and index + 1 < len(lines):
                # Gradle breaks the line there.
                index += 1
                rest = plain(lines[index]).strip()
            if not rest.startswith("[CIRCULAR REFERENCE"):
                caused = read_header(rest) or Header(
                    rest.partition(":")[0].strip() or UNKNOWN, rest.partition(":")[2].strip()
                )
                sections.append(_Section(label["label"], _indent(text), caused))
        elif section.frames or not (after := _message_end(lines, index, needs_at=needs_at)):
            break
        else:
            section.message += [plain(line).rstrip() for line in lines[index:after]]
            index = after
            continue
        index += 1
    return _chain(sections), index


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _message_end(lines: Sequence[str], index: int, *, needs_at: bool) -> int:
    """Return where the stack begins below the further lines of a message at ``index``; 0 when none does."""
    for number in range(index, min(len(lines), index + MAX_MESSAGE_LINES)):
        text = plain(lines[number])
        stripped = text.lstrip()
        if read_frame(stripped, needs_at=needs_at) is not None or _LABEL.match(stripped) or _OMITTED.match(stripped):
            return number
        # The next failure of JUnit's console launcher; MUnit's "=> Obtained" stands at the beginning of a line.
        if stripped.startswith("Exception in thread ") or text.startswith("    => "):
            return 0
    return 0


def _chain(sections: Sequence[_Section]) -> Failure:
    """Return the outermost exception of ``sections``, with its causes as such and suppressed ones as notes."""
    main: list[_Section] = []
    notes: dict[int, list[str]] = {}
    suppressed_at: int | None = None
    for section in sections:
        if section.label == "Suppressed" or (suppressed_at is not None and section.indent >= suppressed_at):
            suppressed_at = section.indent if suppressed_at is None else suppressed_at
            notes.setdefault(len(main) - 1, []).append(_note(section))
        else:
            suppressed_at = None
            main.append(section)
    failures = [_failure(section, tuple(notes.get(number, ()))) for number, section in enumerate(main[:_MAX_CAUSES])]
    if any(section.label == "Wrapped by" for section in main):
        failures.reverse()
    result = failures[-1]
    for failure in failures[-2::-1]:
        result = replace(failure, cause=result, cause_is_explicit=True)
    return result


def _note(section: _Section) -> str:
    frame = next((one for one in section.frames if one.in_app), None)
    place = f" ({frame.path}:{frame.lineno})" if frame is not None and frame.lineno else ""
    message = f": {section.header.message}" if section.header.message else ""
    return f"{section.label}: {section.header.exception_type}{message}{place}"


def _failure(section: _Section, notes: tuple[str, ...]) -> Failure:
    frames = section.frames
    if len(frames) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        frames = frames[:half] + frames[-half:]
    message = "\n".join([section.header.message, *section.message]).strip()
    return make_failure(section.header.exception_type, message, frames[::-1], notes)


def make_failure(
    exception_type: str, message: str, frames: Sequence[StackFrame], notes: tuple[str, ...] = ()
) -> Failure:
    """Return the failure of an exception; ``frames`` are oldest call first."""
    simple = exception_type.rpartition(".")[2]
    own = next((frame for frame in reversed(frames) if frame.in_app), None)
    return Failure(
        FailureKind.ASSERTION if _ASSERTION.search(simple) else FailureKind.EXCEPTION,
        exception_type,
        message,
        tuple(frames),
        notes=notes,
        language=(language_of(own.path) if own is not None else None) or JAVA,
    )
