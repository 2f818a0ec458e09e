"""What ends a program of Go: panics and the runtime's fatal errors; and the reports of the race detector.

Source of the formats: Go's src/runtime/panic.go (``printpanics``, ``fatalthrow``), src/net/http/server.go, src/testing;
LLVM's compiler-rt/lib/tsan/go (``PrintReport``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.go.frames import LANGUAGE, Goroutine, is_goroutine, read_calls, read_goroutine
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

STARTS = ("panic: ", "fatal error: ", "SIGQUIT: quit", "unexpected fault address ", "runtime: goroutine stack exceeds ")
SERVED_MARK = "http: panic serving "
RACE_MARK = "WARNING: DATA RACE"
_SERVED = re.compile(r"http: panic serving \S{1,100}: (?P<message>.*)$")
_RECOVERED = re.compile(r" \[recovered(?:, (?:repanicked|reraised))?\]$")
_TIMED_OUT = "test timed out after "
_RUNNING_TEST = re.compile(r"\s+(?P<name>[A-Z]\S{0,300}) \([0-9.hmsµn]{1,30}\)$")
_ACCESS = re.compile(r"(?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) at 0x[0-9a-f]{1,16} by .{1,200}:$")
# Package log's time, and what zap has before the message: a time, a level and the caller.
_LOG_PREFIX = re.compile(
    r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}\S{0,12}\s+"
    r"(?:[A-Z]{4,6}\t(?:\S{1,200}\.go:[0-9]+\t)?)?"
)
_MAX_MESSAGE_LINES = 60
_MAX_DUMP_LINES = 20_000
_RACE_LINES = 400
_LEAST_FRAMES = 2


@dataclass(frozen=True, slots=True)
class Crash:
    """A failure, how much it counts, and the index of the first line after it."""

    failure: Failure
    weight: Weight
    end: int


def read_panic(lines: Sequence[str], index: int) -> Crash | None:
    """Return the panic or fatal error that begins at ``index``, else None; a stack must follow."""
    stack = _find_stack(lines, index)
    if stack is None:
        return None
    goroutines = _read_dump(lines, stack)
    if not goroutines:
        return None
    head = [line.rstrip() for line in lines[index:stack]]
    end = goroutines[-1].end
    if served := _SERVED.search(head[0]):
        failure = _failure("panic", "\n".join([served["message"], *head[1:]]).strip(), goroutines[0].frames)
        return Crash(replace(failure, frames=_before_panic(failure.frames)), Weight.LOGGED, end)
    fatal = next((line for line in head if line.startswith("fatal error: ")), None)
    if fatal is not None:
        frames = next((one.frames for one in goroutines if one.state), goroutines[0].frames)
        return Crash(_failure("fatal error", fatal.removeprefix("fatal error: "), frames), Weight.UNCAUGHT, end)
    if not head[0].startswith("panic: "):
        own = next((one for one in goroutines if any(frame.in_app for frame in one.frames)), goroutines[0])
        return Crash(_failure(head[0].partition(":")[0], head[0], own.frames), Weight.UNCAUGHT, end)
    if head[0].startswith(_TIMED_OUT, len("panic: ")):
        return Crash(_timed_out(head, goroutines), Weight.TEST, end)
    return Crash(_panics(head, goroutines[0].frames), Weight.UNCAUGHT, end)


def _find_stack(lines: Sequence[str], index: int) -> int | None:
    """Return where the first goroutine's stack begins below ``index``."""
    for number in range(index + 1, min(len(lines), index + _MAX_MESSAGE_LINES)):
        if is_goroutine(lines[number]):
            return number
        if lines[number].startswith(STARTS) and not lines[index].startswith("runtime: "):
            return None
    return None


def _read_dump(lines: Sequence[str], start: int) -> list[Goroutine]:
    """Return the goroutines of the dump that begins at ``start``."""
    goroutines: list[Goroutine] = []
    index = start
    while index < min(len(lines), start + _MAX_DUMP_LINES):
        goroutine = read_goroutine(lines, index)
        if goroutine is None:
            break
        goroutines.append(goroutine)
        index = goroutine.end
        if index + 1 < len(lines) and not lines[index].strip() and is_goroutine(lines[index + 1]):
            index += 1
    return goroutines


def _panics(head: Sequence[str], frames: tuple[StackFrame, ...]) -> Failure:
    """Return the last of the panics that ``head`` names, each further one after a tab, with those before as its causes.

    A panic that a deferred function raised again, as `testing` does, is one failure: it is where it was first raised.
    """
    messages: list[list[str]] = []
    for line in head:
        if line.startswith(("panic: ", "\tpanic: ")):
            messages.append([line.strip().removeprefix("panic: ")])
        elif messages and not line.startswith("[signal "):
            messages[-1].append(line.removeprefix("\t") if line.startswith("\t") else line)
    texts = ["\n".join(message).rstrip() for message in messages]
    is_recovered = [_RECOVERED.search(text) is not None for text in texts]
    texts = [_RECOVERED.sub("", text) for text in texts]
    if len(set(texts)) == 1:
        return _failure("panic", texts[0], _before_panic(frames) or frames)
    cause: Failure | None = None
    for number, text in enumerate(texts):
        is_last = number == len(texts) - 1
        own = frames if is_last else _before_panic(frames)
        explicit = is_recovered[number - 1] if number else False
        cause = replace(_failure("panic", text, own), cause=cause, cause_is_explicit=explicit and cause is not None)
    return cause if cause is not None else _failure("panic", "", frames)


def _before_panic(frames: tuple[StackFrame, ...]) -> tuple[StackFrame, ...]:
    """Return ``frames`` up to the first call of ``panic``: what follows are deferred functions and what they call."""
    number = next((number for number, frame in enumerate(frames) if frame.function == "panic"), len(frames))
    return frames[:number] or frames


def _timed_out(head: Sequence[str], goroutines: Sequence[Goroutine]) -> Failure:
    """Return the failure of the test that ran too long: where its goroutine waits."""
    names = [match["name"] for line in head if (match := _RUNNING_TEST.match(line))]
    test_id = names[0] if names else None
    frames = goroutines[0].frames
    if test_id is not None:
        suffix = f".{test_id.partition('/')[0]}"
        frames = next(
            (
                one.frames
                for one in goroutines
                if any(
                    frame.in_app and (frame.function or "").partition(".func")[0].endswith(suffix)
                    for frame in one.frames
                )
            ),
            frames,
        )
    message = head[0].removeprefix("panic: ")
    return replace(_failure("panic", message, frames), test_id=test_id)


def _failure(exception_type: str, message: str, frames: tuple[StackFrame, ...]) -> Failure:
    return Failure(FailureKind.EXCEPTION, exception_type, message, frames, language=LANGUAGE)


def read_logged_stack(lines: Sequence[str], index: int) -> Crash | None:
    """Return the panic whose stack, at ``index``, the program printed itself after it had recovered from it."""
    goroutine = read_goroutine(lines, index)
    if goroutine is None or goroutine.state != "running" or not goroutine.frames:
        return None
    frames = _before_panic(goroutine.frames)
    above = lines[index - 1].strip() if index else ""
    if frames == goroutine.frames or not above:
        return None
    return Crash(_failure("panic", _LOG_PREFIX.sub("", above), frames), Weight.LOGGED, goroutine.end)


def read_error_stack(lines: Sequence[str], index: int) -> Crash | None:
    """Return the error whose stack an error package or a logger printed, its first place being at ``index``.

    github.com/pkg/errors prints ("%+v") the root cause with its stack first, then each error that wraps it, with its
    own; zap's stack follows the line of the log.
    """
    sections: list[Failure] = []
    start = index - 1
    end = index
    while start > 0 and (message := lines[start - 1].strip()):
        frames, after = read_calls(lines, start)
        if len(frames) < _LEAST_FRAMES or not _is_function(lines[start]):
            break
        sections.append(_failure("error", _LOG_PREFIX.sub("", message), tuple(frames)))
        end = after
        start = after + 1
        if start + 1 >= len(lines):
            break
    failure: Failure | None = None
    for section in sections:
        failure = replace(section, cause=failure, cause_is_explicit=failure is not None)
    return Crash(failure, Weight.LOGGED, end) if failure is not None else None


def _is_function(line: str) -> bool:
    return "." in line and " " not in line and not line[:1].isspace()


def read_race(lines: Sequence[str], index: int) -> Crash | None:
    """Return the race that is reported from ``index`` on, else None: the later access, with the earlier one noted."""
    if RACE_MARK not in lines[index]:
        return None
    end = index + 1
    accesses: list[tuple[str, list[StackFrame]]] = []
    while end < min(len(lines), index + _RACE_LINES) and not lines[end].startswith("====="):
        title = lines[end].strip()
        end += 1
        if _ACCESS.match(title):
            frames, end = read_calls(lines, end)
            accesses.append((title.rstrip(":"), frames))
    if not accesses:
        return None
    (message, frames), *others = accesses
    notes = tuple(f"{title}{_where(stack)}" for title, stack in others)
    failure = replace(_failure("data race", message, tuple(frames)), notes=notes)
    return Crash(failure, Weight.BACKGROUND, min(end + 1, len(lines)))


def _where(frames: Sequence[StackFrame]) -> str:
    frame = next((one for one in reversed(frames) if one.in_app), None)
    return f" ({frame.path}:{frame.lineno})" if frame is not None else ""
