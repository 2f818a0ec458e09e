"""A pytest report as a whole: which test each block belongs to, and the tests that only the summary names.

Source of the format: pytest's _pytest/terminal.py (``short_test_summary``, ``_get_line_with_reprcrash_message``).
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, replace

from qwen_lsp.logparse.python.frames import make_frame
from qwen_lsp.logparse.python.traceback import failure_kind, parse_exception_line
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

# "FAILED path::test - message"
_SUMMARY_LINE = re.compile(r"(?:FAILED|ERROR) (?P<id>[^\s:].*)$")
_HEADING_STARTS = ("ERROR at setup of ", "ERROR at teardown of ", "ERROR collecting ", "[doctest] ")


@dataclass(frozen=True, slots=True)
class _SummaryLine:
    """One line of the short test summary."""

    line_index: int
    test_id: str
    message: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The failure of one test's block, and the heading it stands below, if any."""

    line_index: int
    failure: Failure
    heading: str | None


class TestReport:
    """Collects headings and summary lines, which stand far apart, and joins them at the end."""

    __test__ = False  # for pytest, which takes the name for a test's

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._summary: list[_SummaryLine] = []

    def add_summary_line(self, line_index: int, line: str) -> bool:
        """Take a line of the short test summary; return whether it was one."""
        read = _read_summary_line(line)
        if read is not None:
            self._summary.append(_SummaryLine(line_index, *read))
        return read is not None

    def add_block(self, line_index: int, failure: Failure, heading: str | None) -> None:
        """Take the failure of a block below ``heading``, or of one without a heading."""
        for start in _HEADING_STARTS:
            heading = heading.removeprefix(start) if heading is not None else None
        self._blocks.append(_Block(line_index, failure, heading))

    def finish(self, folder: Folder) -> None:
        """Hand over every failing test with its id; one that only the summary names has no frame with a line."""
        by_heading: defaultdict[str, deque[_SummaryLine]] = defaultdict(deque)
        by_message: defaultdict[str, deque[_SummaryLine]] = defaultdict(deque)
        for summary_line in self._summary:
            by_heading[_heading_of(summary_line.test_id)].append(summary_line)
            by_message[summary_line.message].append(summary_line)
        used: set[int] = set()
        for block in self._blocks:
            named: deque[_SummaryLine] = deque()
            if block.heading is not None:
                named = by_heading[block.heading]
            else:
                named = next((found for key in _summary_messages(block.failure) if (found := by_message[key])), named)
            failure = block.failure
            if named:
                summary_line = named.popleft()
                used.add(summary_line.line_index)
                frames = failure.frames or _frames_of_test(summary_line.test_id)
                failure = replace(failure, test_id=summary_line.test_id, frames=frames)
            elif block.heading is not None:
                failure = replace(failure, test_id=_make_test_id(block.heading, failure))
            folder.add(failure, Weight.TEST, block.line_index)
        for summary_line in self._summary:
            if summary_line.line_index not in used:
                failure = _failure_of_summary(summary_line.test_id, summary_line.message)
                folder.add(failure, Weight.TEST_NAMED, summary_line.line_index)


def _heading_of(test_id: str) -> str:
    """Return how a block's heading spells ``test_id``: "tests/test_a.py::TestA::test_b[1]" is "TestA.test_b[1]"."""
    path, separator, names = test_id.partition("::")
    if not separator:
        return path
    base, bracket, parameters = names.partition("[")
    return base.replace("::", ".") + bracket + parameters


def _make_test_id(heading: str, failure: Failure) -> str:
    """Return a test's id made of its block's heading alone, for logs without a summary."""
    frame = next((frame for frame in failure.frames if frame.in_app), None)
    if frame is None or heading == frame.path or "/" in heading:
        return heading
    base, bracket, parameters = heading.partition("[")
    return f"{frame.path}::{base.replace('.', '::')}{bracket}{parameters}"


def _summary_messages(failure: Failure) -> tuple[str, ...]:
    """Return the messages that the summary may give for ``failure``, unless it had to shorten them."""
    first_line = failure.message.partition("\n")[0]
    if not first_line:
        return (failure.exception_type,)
    return f"{failure.exception_type}: {first_line}", first_line


def _read_summary_line(line: str) -> tuple[str, str] | None:
    """Return the test's id and the message that a line of the short test summary gives, or None."""
    match = _SUMMARY_LINE.match(line)
    if match is None:
        return None
    # " - " may also stand inside the brackets of a parametrized test.
    text = match["id"]
    bracket, separator = text.find("["), text.find(" - ")
    if 0 <= bracket < separator and (closing := text.find("] - ")) >= 0:
        separator = closing + 1
    if separator < 0:
        return text.strip(), ""
    return text[:separator].strip(), text[separator + 3 :].strip()


def _failure_of_summary(test_id: str, message: str) -> Failure:
    """Return the failure that a summary line alone tells of; its one frame has a file and a function, no line."""
    parsed = parse_exception_line(message)
    if parsed is not None:
        exception_type, message = parsed
    else:
        exception_type = "AssertionError" if message.startswith("assert") else "Failed"
    kind = failure_kind(exception_type) if message or parsed else FailureKind.EXCEPTION
    return Failure(kind, exception_type, message, _frames_of_test(test_id), test_id=test_id)


def _frames_of_test(test_id: str) -> tuple[StackFrame, ...]:
    """Return the one frame that a test's id stands for: its file and function, without a line."""
    path, _, names = test_id.partition("::")
    return (make_frame(path, None, names.partition("[")[0].rpartition("::")[2], []),)
