"""Finds what Swift programs, its compiler, XCTest and Swift Testing report anywhere in a log.

Source of the formats: swiftlang/swift stdlib/public/runtime/Errors.cpp, stdlib/public/core/AssertCommon.swift
(``_assertionFailed``), test/Backtracing/*.swift; swift-corelibs-xctest PrintObserver.swift; swift-testing
Event.HumanReadableOutputRecorder.swift.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.places import is_underline, number, split_place, with_source
from qwen_lsp.logparse.scanning import Found, Readers, scan
from qwen_lsp.logparse.sighting import Reading, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

LANGUAGE = "swift"
_COMPILER = re.compile(
    r"(?P<path>[^:]{1,1000}\.swift):(?P<lineno>[0-9]{1,9}):(?:(?P<colno>[0-9]{1,9}):)? "
    r"(?P<severity>error|note): (?P<message>.*)$"
)
_XCTEST = re.compile(r"(?P<test>-?\[?[\w.]{1,300}[. ]\w{1,300}\]?) : (?P<message>.*)$")
_FATAL = re.compile(
    r"(?:(?P<path>[^:]{1,1000}\.swift):(?P<lineno>[0-9]{1,9}): )?"
    r"(?P<what>Fatal error|Precondition failed|Assertion failed)(?:: (?P<message>.*))?$"
)
_OLD_PLACE = re.compile(r": file (?P<path>.{1,1000}\.swift), line (?P<lineno>[0-9]{1,9})$")
_CRASHED = re.compile(r"(?:\*\*\* |\U0001f4a3 )?Program crashed: (?P<what>.*?)(?: \*\*\*)?$")
_FRAME_HEAD = re.compile(r"[0-9]{1,6}(?: \[[a-z]{1,20}\])* *(?:0x[0-9a-f]{1,16} )?(?=\S)")
_OFFSET = re.compile(r" \+ [0-9]{1,9}$")
_SOURCE = re.compile(r" {0,9}(?P<lineno>[0-9]{1,9}) ?[|\u2502] ?(?P<text>.*)$")
_COMPILER_SOURCE = re.compile(r" {0,9}[0-9]{1,9} [|\u2502] (?P<text>.*)$")
_TESTING = re.compile(
    r"\S{1,2} +Test (?P<test>\S.{0,300}?) recorded an issue(?: with .{0,300}?)? at "
    r"(?P<path>[^:]{1,500}\.swift):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): (?P<message>.*)$"
)
_FOREIGN = re.compile(r"^Swift/|^<|/\.build/checkouts/|/SourcePackages/checkouts/|^/usr/|/Xcode.*\.app/|^//")
_SYNTAX = re.compile(r"expected |consecutive statements|unterminated |extraneous ")
_MAX_LINES = 400
_MAX_GAP = 20

MARKS: Marks = (
    Mark(".swift:", r"[0-9]{1,9}:(?:[0-9]{1,9}:)? (?:error|Fatal error|Precondition failed|Assertion failed)\b"),
    *(Mark(f"\n{what}: ", r"[^\n]{0,2000}: file .{1,1000}\.swift, line ") for what in ("Fatal error", "fatal error")),
    "\nFatal error",
    "Program crashed: ",
    " recorded an issue ",
)


def read_swift(lines: list[str]) -> Reading:
    """Return every failure of Swift code that ``lines``, free of terminal noise, report."""
    readers: Readers = (
        (" recorded an issue", _read_testing),
        (".swift:", _read_compiler),
        ("Program crashed: ", _read_crash),
        *((what, _read_fatal) for what in ("atal error", "Precondition failed", "Assertion failed")),
    )
    return scan(lines, readers)


def _read_compiler(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "cart.swift:9:12: error: message": the compiler's, or an XCTest assertion's."""
    match = _COMPILER.match(lines[index])
    if match is None or match["severity"] != "error":
        return None
    frame = _frame(match["path"], number(match["lineno"]), number(match["colno"] or ""))
    if tested := _XCTEST.match(match["message"]):
        failure = Failure(
            FailureKind.ASSERTION,
            "XCTest failure",
            tested["message"].removesuffix(" - ").strip(),
            (frame,),
            test_id=tested["test"],
            language=LANGUAGE,
        )
        return Found.one(failure, Weight.TEST, index, index + 1)
    frame, end = _with_source(frame, lines, index + 1)
    notes: list[str] = []
    while end < len(lines) and (note := _COMPILER.match(lines[end])) and note["severity"] == "note":
        notes.append(f"note: {note['message']} ({note['path']}:{note['lineno']})")
        _, end = _with_source(frame, lines, end + 1)
    message = match["message"].rstrip()
    kind = FailureKind.SYNTAX_ERROR if _SYNTAX.match(message) else FailureKind.EXCEPTION
    failure = Failure(kind, "error", message, (frame,), notes=tuple(notes[:4]), language=LANGUAGE)
    return Found.one(failure, Weight.TEST, index, end)


def _with_source(frame: StackFrame, lines: Sequence[str], start: int) -> tuple[StackFrame, int]:
    """Return ``frame`` with the source below ``start``, and the index after it.

    Up to Swift 5.10 it is the line with a pointer below; from 6 on some numbered lines and a pointer with the message.
    """
    if start + 1 < len(lines) and is_underline(lines[start + 1]) and lines[start].strip():
        end = start + 2
        # What to write instead stands below what is underlined.
        if end < len(lines) and lines[end].startswith(" ") and lines[end].strip():
            end += 1
        return with_source(frame, lines[start], lines[start + 1]), end
    end = start
    while end < min(len(lines), start + 12) and (
        lines[end].strip().startswith("|") or _COMPILER_SOURCE.match(lines[end])
    ):
        numbered = _SOURCE.match(lines[end])
        if numbered and int(numbered["lineno"]) == frame.lineno and frame.source_line is None:
            column = (frame.colno or 1) - 1
            frame = with_source(frame, numbered["text"], " " * column + "^")
        end += 1
    return frame, end


def _read_fatal(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "main.swift:3: Fatal error: Index out of range" with the backtrace below it."""
    text = lines[index].strip()
    match = _FATAL.match(text[:1].upper() + text[1:] if text.startswith("fatal error") else text)
    if match is None:
        return None
    path, lineno, message = match["path"], match["lineno"], match["message"] or ""
    if old := _OLD_PLACE.search(message):
        path, lineno, message = old["path"], old["lineno"], message[: old.start()]
    crash = _crash_below(lines, index + 1)
    if path is None and crash is None:
        return None
    frames, end = crash or ((), index + 1)
    if path is not None and not any(frame.lineno == int(lineno) and frame.path.endswith(path) for frame in frames):
        frames = (*frames, _frame(path, number(lineno), None))
    failure = Failure(FailureKind.EXCEPTION, match["what"], message.strip(), frames, language=LANGUAGE)
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def _crash_below(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int] | None:
    """Return the frames of the crash that the runtime reports just below ``start``, if any."""
    for index in range(start, min(len(lines), start + 4)):
        if _CRASHED.match(lines[index]):
            return _backtrace(lines, index + 1)
    return None


def _read_crash(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "Program crashed: Bad pointer dereference at 0x4" with its backtrace."""
    match = _CRASHED.match(lines[index].strip())
    if match is None:
        return None
    frames, end = _backtrace(lines, index + 1)
    failure = Failure(FailureKind.EXCEPTION, "Program crashed", match["what"], frames, language=LANGUAGE)
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def _backtrace(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the crashed thread's frames, oldest call first, each with the source that may stand below it."""
    frames: list[StackFrame] = []
    end = last = start
    while end < min(len(lines), start + _MAX_LINES):
        line = lines[end]
        if (line.startswith(("Registers:", "Images", "Thread ")) and frames) or _CRASHED.match(line):
            break
        if end - last > _MAX_GAP:
            break
        if (frame := _read_frame(line)) is not None:
            frames.append(frame)
            last = end + 1
        elif (numbered := _SOURCE.match(line)) and frames and int(numbered["lineno"]) == frames[-1].lineno:
            frames[-1] = replace(frames[-1], source_line=numbered["text"].strip() or None)
            last = end + 1
        end += 1
    return tuple(reversed(frames)), last


def _read_frame(line: str) -> StackFrame | None:
    """Return the frame of "1 [ra] 0x0000000000401234 level4() + 12 in Crash at /src/Crash.swift:33:3", else None."""
    head = _FRAME_HEAD.match(line)
    if head is None:
        return None
    call, at, place = line[head.end() :].rstrip().rpartition(" at ")
    function, within, image = (call or place).rpartition(" in ")
    if not within or " " in image:
        return None
    path, lineno, colno = split_place(place) if at else (image, None, None)
    return _frame(path, lineno, colno, _OFFSET.sub("", function), is_known=bool(at))


def _read_testing(lines: Sequence[str], index: int) -> Found | None:
    """Return the issue of "Test adds() recorded an issue at CartTests.swift:12:5: Expectation failed: ..."."""
    match = _TESTING.match(lines[index].strip())
    if match is None:
        return None
    frame = _frame(match["path"], number(match["lineno"]), number(match["colno"] or ""))
    test = match["test"].strip('"')
    failure = Failure(
        FailureKind.ASSERTION, "Issue", match["message"].rstrip(), (frame,), test_id=test, language=LANGUAGE
    )
    return Found.one(failure, Weight.TEST, index, index + 1)


def _frame(
    path: str, lineno: int | None, colno: int | None, function: str | None = None, *, is_known: bool = True
) -> StackFrame:
    is_own = is_known and path.endswith(".swift") and _FOREIGN.search(path) is None
    return StackFrame(path, lineno, colno, function, in_app=is_own)
