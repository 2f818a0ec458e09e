"""One failing test in Jest's report.

Source of the format: jest-message-util's src/index.ts (``formatResultsErrors``, ``formatStackTrace``) and
@jest/console's src/BufferedConsole.ts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript import codeframe, compilers
from qwen_lsp.logparse.javascript.errors import Header, make_failure, read_frames, read_header
from qwen_lsp.logparse.javascript.frames import language_of, make_frame, read_frame, split_place
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind

_TITLE = re.compile(r"  \u25cf (?P<title>\S.*)$")
_CONSOLE = re.compile(r"  console\.(?:log|error|warn|info|debug|trace|dir)\s*$")
_SUITE = "Test suite failed to run"
_FILE_LINES = 5
"""Between the line that names a test file and the block of a suite that did not run."""


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of the test whose title is ``lines[index]``."""
    match = _TITLE.match(lines[index])
    if match is None or match["title"].startswith(("Console", "Cannot log after tests are done")):
        return None
    start, end = index + 1, _block_end(lines, index + 1)
    while start < end and not lines[start].strip():
        start += 1
    if start == end:
        return None
    test_id = match["title"] if match["title"] != _SUITE else _test_file(lines, index)
    failures = _read_errors(lines, start, end)
    return Found(tuple((replace(failure, test_id=test_id), Weight.TEST, index) for failure in failures), end)


def skip_console(lines: Sequence[str], index: int) -> Found | None:
    """Return the end of what a test wrote to the console, which Jest prints with a stack though nothing failed."""
    return Found((), _block_end(lines, index + 1)) if _CONSOLE.match(lines[index]) else None


def _block_end(lines: Sequence[str], start: int) -> int:
    """Return the index of the first line that is not indented as a block's lines are."""
    end = start
    while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
        end += 1
    return end


def _test_file(lines: Sequence[str], index: int) -> str:
    above = lines[max(0, index - _FILE_LINES) : index]
    named = [line.split()[1] for line in above if line.startswith(("FAIL ", " FAIL ")) and len(line.split()) > 1]
    return named[-1] if named else _SUITE


def _read_errors(lines: Sequence[str], start: int, end: int) -> list[Failure]:
    failure = _read_error(lines, start, end)
    if failure.frames:
        return [failure]
    # ts-jest gives the compiler's report instead of a stack.
    reports = [found for index in range(start, end) if (found := compilers.read_pretty(lines, index)) is not None]
    return [refused for found in reports for refused, _, _ in found.failures] or [failure]


def _read_error(lines: Sequence[str], start: int, end: int) -> Failure:
    message_end = start
    while message_end < end and not _ends_message(lines[message_end]):
        message_end += 1
    text = "\n".join(line[4:].rstrip() for line in lines[start:message_end]).strip()
    header = read_header(lines[start])
    if header is None or header.prefix.strip():
        header = Header("AssertionError" if text.startswith("expect(") else "Error", text)
    else:
        text = "\n".join([header.message, *(line[4:].rstrip() for line in lines[start + 1 : message_end])]).strip()
    stack = message_end
    while stack < end and read_frame(lines[stack]) is None:
        stack += 1
    frames, after = read_frames(lines, stack, end)
    failure = _with_parser_place(make_failure(header, text, frames))
    failure = codeframe.attach(failure, codeframe.read_code_frame(lines, message_end, stack))
    cause = next((index for index in range(after, end) if lines[index].strip() == "Cause:"), None)
    if cause is not None and cause + 1 < end:
        return replace(failure, cause=_read_error(lines, cause + 1, end), cause_is_explicit=True)
    return failure


def _ends_message(line: str) -> bool:
    return codeframe.is_line(line) or read_frame(line) is not None or line.strip() == "Cause:"


def _with_parser_place(failure: Failure) -> Failure:
    """Return ``failure`` with the place in the message of Babel's syntax errors: "path: Unexpected token (3:26)"."""
    path, separator, rest = failure.message.partition("\n")[0].partition(": ")
    message, bracket, numbers = rest.rpartition(" (")
    place = split_place(f"{path}:{numbers.removesuffix(')')}") if numbers.endswith(")") else None
    if failure.exception_type != "SyntaxError" or not separator or not bracket or place is None or place[2] is None:
        return failure
    # Babel counts columns from 0.
    frame = make_frame(path, place[1], place[2] + 1)
    return replace(
        failure,
        kind=FailureKind.SYNTAX_ERROR,
        message=message,
        frames=(*failure.frames, frame),
        language=language_of(path),
    )
