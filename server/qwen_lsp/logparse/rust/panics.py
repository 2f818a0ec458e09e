"""Panics, overflowed stacks, and the errors that ``main`` and tests return.

Source of the formats: Rust's library/std/src/panicking.rs (``default_hook``; the message stood before the place until
1.72, the thread's number is there since 1.91), library/std/src/sys/pal/unix/stack_overflow.rs,
library/std/src/process.rs (``Termination``); the reports of the crates anyhow and eyre.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.rust.frames import LANGUAGE, make_frame, read_backtrace
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

MARK = " panicked at "
OVERFLOW_MARK = " has overflowed its stack"
ERROR_MARK = "Error: "
_THREAD = "thread '"
_PANIC = re.compile(
    r"thread '(?P<thread>[^'\n]{0,300}+)' (?:\([0-9]{1,20}\) )?panicked at "
    r"(?:'(?P<message>.*)|(?P<path>\S.*?):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}):\s*)$"
)
_OLD_END = re.compile(r"(?P<message>.*)', (?P<path>\S.*?):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?\s*$")
_OVERFLOW = re.compile(r"thread '(?P<thread>[^'\n]{0,300}+)' (?:\([0-9]{1,20}\) )?has overflowed its stack")
_STRONG_END = re.compile(r"note: run with `RUST_BACKTRACE|stack backtrace:|note: Some details are omitted")
_WEAK_END = re.compile(
    r"\s*$|thread '|---- |failures:|test result: |test [^\n]{1,300} \.\.\. |(?:Caused by|Location):$"
)
_COMPARES = re.compile(r"assertion `?.{0,300}\bleft\b")
_RIGHT = re.compile(r" *right: ")
# The Debug form of a struct or a variant, which is what ``main`` prints of the error that it returns.
_DEBUG_FORM = re.compile(r"(?:[A-Z]\w*(?:::\w+)*(?:\(.*\)| \{ .* \}| \{)|\"(?:[^\"\\]|\\.)*+\")\s*$")
_CAUSE = re.compile(r"\s+(?:(?P<number>[0-9]{1,3}): )?(?P<text>\S.*)$")
_LOCATION = re.compile(r"\s+(?P<path>\S.*?):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?\s*$")
# A test in a comment is named after it; what it says of lines counts in the program made of it.
_DOC_TEST = re.compile(r"(?P<path>\S.*\.rs) - .*\(line (?P<lineno>[0-9]{1,9})\)$")
_RAN_BY_CARGO = "     Running `"
_MAX_MESSAGE_LINES = 60
_RUN_LINES = 200


def read_panic(lines: Sequence[str], index: int, folder: Folder, test_id: str | None, end: int) -> int:
    """Take the panic in ``lines[index]`` into ``folder``; return the index after it, or ``index`` if there is none.

    ``test_id`` is the test in whose output it stands, and ``end`` the index where that output ends.
    """
    line = lines[index]
    # Its name may stand behind other words: "test tests::adds ... thread 'tests::adds' panicked at src/lib.rs:4:5:".
    start = max(line.rfind(_THREAD, 0, max(line.find(MARK), line.find(OVERFLOW_MARK))), 0)
    match = _PANIC.match(line, start)
    if match is None:
        return _read_overflow(lines, index, start, folder, test_id)
    indent = line[:start]
    indent = indent if indent.isspace() else ""
    if match["path"] is None:
        found = _read_old(lines, index, match["message"], end)
        if found is None:
            return index
        message, frame, after = found
    else:
        message, after = _read_message(lines, index + 1, min(end, len(lines)), indent, is_whole=test_id is not None)
        frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]))
    frames, after = _read_stack(lines, after, min(end, len(lines)), indent)
    if (of_comment := doc_test_frame(test_id or "")) is not None:
        frames, frame = [], of_comment
    is_foreign = not frame.in_app and any(one.in_app for one in frames)
    if not is_foreign and not any(_is_same_place(one, frame) for one in frames):
        frames.append(frame)
    is_test = test_id is not None or "::" in match["thread"]
    failure = Failure(
        FailureKind.ASSERTION if message.startswith("assertion") else FailureKind.EXCEPTION,
        "panic",
        message,
        tuple(frames),
        test_id=test_id or (match["thread"] if is_test else None),
        language=LANGUAGE,
    )
    if is_test:
        weight = Weight.TEST
    elif message.startswith("panic in a destructor") or not any(one.in_app for one in frames):
        weight = Weight.CONSEQUENCE
    else:
        weight = Weight.UNCAUGHT if match["thread"] == "main" else Weight.BACKGROUND
    folder.add(failure, weight, index)
    return after


def doc_test_frame(test_id: str) -> StackFrame | None:
    """Return the place of the comment that holds the test ``test_id``; None for other tests."""
    match = _DOC_TEST.match(test_id)
    return make_frame(match["path"], int(match["lineno"])) if match else None


def _read_old(lines: Sequence[str], index: int, first: str, end: int) -> tuple[str, StackFrame, int] | None:
    """Read the form before 1.73, in which the quoted message stands before the place."""
    message: list[str] = []
    for number in range(index, min(end, len(lines), index + _MAX_MESSAGE_LINES)):
        text = first if number == index else lines[number]
        if last := _OLD_END.match(text):
            message.append(last["message"])
            colno = int(last["colno"]) if last["colno"] else None
            return "\n".join(message), make_frame(last["path"], int(last["lineno"]), colno), number + 1
        message.append(text.rstrip())
    return None


def _read_message(lines: Sequence[str], start: int, end: int, indent: str, *, is_whole: bool) -> tuple[str, int]:
    """Return the message that begins at ``start`` and the index after it.

    It ends where a backtrace or the note about it begins. Only a process's first panic has that note: for others it is
    one line, or all up to a blank one if ``is_whole``; what compares two values also has those.
    """
    stop = min(end, start + _MAX_MESSAGE_LINES)
    for number in range(start, stop):
        text = lines[number].removeprefix(indent)
        if _STRONG_END.match(text):
            return _joined(lines[start:number], indent), number
        if _WEAK_END.match(text):
            break
    else:
        number = stop
    after = number if is_whole else min(start + 1, number)
    if not is_whole and after > start and _COMPARES.match(lines[start].removeprefix(indent)):
        right = next((one for one in range(start, number) if _RIGHT.match(lines[one])), None)
        after = after if right is None else right + 1
    return _joined(lines[start:after], indent), after


def _joined(lines: Sequence[str], indent: str) -> str:
    return "\n".join(line.removeprefix(indent).rstrip() for line in lines).strip()


def _read_stack(lines: Sequence[str], start: int, end: int, indent: str) -> tuple[list[StackFrame], int]:
    """Return the frames below the words "stack backtrace:" at ``start``, and the index after what is of the panic."""
    index = start
    if index < end and lines[index].removeprefix(indent).startswith("note: run with `RUST_BACKTRACE"):
        return [], index + 1
    if index >= end or not lines[index].removeprefix(indent).startswith("stack backtrace:"):
        return [], index
    frames, index = read_backtrace(lines, index + 1)
    if index < end and lines[index].removeprefix(indent).startswith("note: Some details are omitted"):
        index += 1
    return frames, index


def _is_same_place(one: StackFrame, other: StackFrame) -> bool:
    """Return whether both are one line; a backtrace has "./" or the whole path where the panic has neither."""
    tail = other.path.removeprefix("./").lstrip("/")
    return one.lineno == other.lineno and (one.path == tail or one.path.replace("\\", "/").endswith(f"/{tail}"))


def _read_overflow(lines: Sequence[str], index: int, start: int, folder: Folder, test_id: str | None) -> int:
    match = _OVERFLOW.match(lines[index], start)
    if match is None:
        return index
    is_test = test_id is not None or "::" in match["thread"]
    failure = Failure(
        FailureKind.EXCEPTION,
        "stack overflow",
        f"thread '{match['thread']}' has overflowed its stack",
        (),
        test_id=test_id or (match["thread"] if is_test else None),
        language=LANGUAGE,
    )
    folder.add(failure, Weight.TEST if is_test else Weight.UNCAUGHT, index)
    after = index + 1
    return after + 1 if after < len(lines) and lines[after].startswith("fatal runtime error") else after


def read_returned(lines: Sequence[str], index: int, folder: Folder, test_id: str | None, end: int) -> int:
    """Take the error that ``main`` or the test ``test_id`` returned; return as `read_panic` does.

    "Error: " begins much that is not of Rust: there must be the form that Rust gives a value, the report of anyhow or
    eyre, or Cargo's word that it runs a program.
    """
    stop = min(end, len(lines))
    first = lines[index].partition(ERROR_MARK)[2].rstrip()
    after = index + 1
    causes: list[str] = []
    frames: list[StackFrame] = []
    is_report = False
    while after < stop:
        text = lines[after].rstrip()
        following = after + 1
        if text == "Caused by:":
            is_report = True
            while following < stop and (cause := _CAUSE.match(lines[following])):
                causes.append(cause["text"].rstrip())
                following += 1
        elif text == "Location:" and following < stop and (place := _LOCATION.match(lines[following])):
            is_report = True
            colno = int(place["colno"]) if place["colno"] else None
            frames.append(make_frame(place["path"], int(place["lineno"]), colno))
            following += 1
        elif text.lower() == "stack backtrace:":
            is_report = True
            frames, following = read_backtrace(lines, following)
        elif text:
            break
        after = following
    is_known = is_report or test_id is not None or _DEBUG_FORM.match(first) is not None
    if not first or not (is_known or _is_run_by_cargo(lines, index)):
        return index
    failure = Failure(
        FailureKind.EXCEPTION,
        "Error",
        "\n".join([first, *(f"caused by: {cause}" for cause in causes)]),
        tuple(frames),
        test_id=test_id,
        language=LANGUAGE,
    )
    folder.add(failure, Weight.TEST if test_id is not None else Weight.UNCAUGHT, index)
    return after if is_report else index + 1


def _is_run_by_cargo(lines: Sequence[str], index: int) -> bool:
    return any(line.startswith(_RAN_BY_CARGO) for line in lines[max(0, index - _RUN_LINES) : index])
