"""Reports of AddressSanitizer, LeakSanitizer, ThreadSanitizer, MemorySanitizer, UBSan, libFuzzer and valgrind.

Source of the formats: compiler-rt asan_errors.cpp, lsan_common.cpp, tsan_report.cpp, ubsan_diag.cpp and
sanitizer_symbolizer_report.cpp (``ReportErrorSummary``); valgrind memcheck/mc_errors.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import language_of, make_frame
from qwen_lsp.logparse.native.stacks import read_sanitizer_frames, read_valgrind_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_HEADER = re.compile(
    r"(?:={2}[0-9]{1,10}={2} ?)?(?:ERROR|WARNING): (?P<tool>\w{2,30}Sanitizer|libFuzzer): (?P<what>.*)$"
)
_TYPE_END = re.compile(r" on (?:unknown )?address| \(pid=| \(pc | \(0x|: requested| 0x")
_ACCESS = re.compile(r" {0,2}(?P<access>(?:READ|WRITE|Read|Write|Atomic \w{4,8}) of size [0-9]{1,18})")
_LOCATED = re.compile(r"0x[0-9a-f]{1,16} is (?P<where>located .{1,300}?)(?: \[0x.*)?$")
_LEAK = re.compile(r"(?:Direct|Indirect) leak of .{1,200} allocated from:$")
_AT_ADDRESS = re.compile(r" at 0x[0-9a-f]{1,16}")
_UNDEFINED = re.compile(
    r"(?P<path>[^:]{1,1000}+):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): runtime error: (?P<message>.*)$"
)
_END = re.compile(r"SUMMARY: \w{2,30}(?:Sanitizer)?: |={18}$|={2}[0-9]{1,10}={2} ?ABORTING")
_VALGRIND = re.compile(r"(?P<prefix>[=*]{2}[0-9]{1,10}[=*]{2}) (?P<text>.*)$")
_SIGNAL = re.compile(r"Process terminating with default action of signal [0-9]{1,3} \((?P<name>SIG\w{2,10})")
_ANNOUNCEMENT = re.compile(r"Thread #[0-9]{1,6} was created$")
_RACE = re.compile(r"(?:Possible d|D)ata race during (?P<what>\w{4,5} of size [0-9]{1,9})")
_LOST = re.compile(
    r"[0-9,]{1,20} (?:\([^)]{1,100}\) )?bytes in [0-9,]{1,20} blocks are "
    r"(?P<how>[a-z ]{1,30}?) (?:lost )?in loss record"
)
_MAX_LINES = 600


def read_report(lines: Sequence[str], index: int) -> Found | None:
    """Return the report that "==1==ERROR: AddressSanitizer: ..." or "WARNING: ThreadSanitizer: ..." begins."""
    match = _HEADER.match(lines[index])
    if match is None:
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and not _END.match(lines[end]) and not _HEADER.match(lines[end]):
        end += 1
    if match["what"].startswith("detected memory leaks"):
        return _leaks(lines, index, end)
    message: list[str] = []
    notes: list[str] = []
    frames: tuple[StackFrame, ...] = ()
    title = ""
    line_index = index + 1
    while line_index < end:
        line = lines[line_index]
        stack, after = read_sanitizer_frames(lines, line_index)
        if after > line_index:
            if frames:
                notes.append(f"{title.removesuffix(':')}: {_in_short(stack)}")
            else:
                frames = stack
            line_index = after
            continue
        if not frames and (access := _ACCESS.match(line)):
            message.append(access["access"])
        elif located := _LOCATED.match(line):
            message.append(located["where"])
        elif "The signal is caused by" in line or "Hint: " in line:
            message.append(line.rpartition("== ")[2].rpartition("==")[2].rstrip("."))
        if line.strip():
            title = _AT_ADDRESS.sub("", line.strip(), count=1)
        line_index += 1
    what = match["what"].rstrip()
    cut = _TYPE_END.search(what)
    failure = Failure(
        kind=FailureKind.EXCEPTION,
        exception_type=(what[: cut.start()] if cut else what) or match["tool"],
        message="; ".join(message) or what,
        frames=frames,
        notes=tuple(notes[:6]),
        language=language_of(frames),
    )
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def _leaks(lines: Sequence[str], index: int, end: int) -> Found:
    """Return the direct leaks; memory that only they point to is lost with them."""
    blocks = [number for number in range(index, end) if _LEAK.match(lines[number])]
    direct = [number for number in blocks if lines[number].startswith("Direct")] or blocks
    failures = []
    for number in direct:
        frames, _ = read_sanitizer_frames(lines, number + 1)
        message = lines[number].removesuffix(" allocated from:")
        failure = Failure(FailureKind.EXCEPTION, "memory leak", message, frames, language=language_of(frames))
        failures.append((failure, Weight.UNCAUGHT, number))
    return Found(tuple(failures), end)


def _in_short(stack: Sequence[StackFrame]) -> str:
    """Return the user's own part of ``stack`` on one line, innermost first."""
    own = [frame for frame in reversed(stack) if frame.in_app][:3]
    return "; ".join(f"{frame.function or '?'} ({frame.path}:{frame.lineno})" for frame in own) or "outside the program"


def read_undefined(lines: Sequence[str], index: int) -> Found | None:
    """Return what UBSan reports in "overflow.c:6:18: runtime error: message"."""
    match = _UNDEFINED.match(lines[index])
    if match is None:
        return None
    frames, end = read_sanitizer_frames(lines, index + 1)
    if not frames:
        frames = (make_frame(match["path"], int(match["lineno"]), int(match["colno"])),)
    failure = Failure(
        FailureKind.EXCEPTION, "undefined behavior", match["message"].rstrip(), frames, language=language_of(frames)
    )
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def read_valgrind(lines: Sequence[str], index: int) -> Found | None:
    """Return the error whose first stack frame is ``lines[index]``; its title stands some lines above."""
    match = _VALGRIND.match(lines[index])
    if match is None or read_valgrind_frame(match["text"]) is None:
        return None
    prefix = match["prefix"] + " "
    start = index
    while start > max(index - 8, 0) and lines[start - 1].startswith(prefix) and lines[start - 1] != prefix.rstrip():
        if not lines[start - 1][len(prefix) :].strip():
            break
        start -= 1
    title, *about = [lines[number][len(prefix) :].strip() for number in range(start, index)] or [""]
    frames: list[StackFrame] = []
    notes: list[str] = []
    end = index
    while end < len(lines) and lines[end].startswith(prefix) and lines[end][len(prefix) :].strip():
        text = lines[end][len(prefix) :]
        frame = read_valgrind_frame(text)
        if frame is None:
            about.append(text.strip())
            notes.append("")
        elif not notes:
            frames.append(frame)
        elif frame.in_app and not notes[-1]:
            notes[-1] = f"{about[-1]}: {frame.function} ({frame.path}:{frame.lineno})"
        end += 1
    return _valgrind_failure(title, about, tuple(reversed(frames)), [note for note in notes if note], start, end)


def _valgrind_failure(
    title: str, about: list[str], frames: tuple[StackFrame, ...], notes: list[str], start: int, end: int
) -> Found:
    # Helgrind describes threads on their own, and apart from a race what it is in conflict with.
    if not title or title.startswith("This conflicts with ") or _ANNOUNCEMENT.match(title):
        return Found((), end)
    exception_type, message = title, next((text for text in about if not text.startswith("Locks held")), title)
    if race := _RACE.match(title):
        exception_type, message = "data race", race["what"]
    elif signal := _SIGNAL.match(title):
        exception_type, message = signal["name"], message if about else title
    elif lost := _LOST.match(title):
        exception_type, message = "memory leak", title
        if lost["how"] == "still reachable":
            return Found((), end)
    failure = Failure(
        FailureKind.EXCEPTION, exception_type, message, frames, notes=tuple(notes[:4]), language=language_of(frames)
    )
    return Found.one(failure, Weight.UNCAUGHT, start, end)
