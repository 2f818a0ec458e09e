"""Finds what CPython, pytest and unittest report anywhere in a log."""

from __future__ import annotations

import re
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.python import doctest, pytest, unittest
from qwen_lsp.logparse.python.margin import Margins, traceback_column
from qwen_lsp.logparse.python.report import TestReport
from qwen_lsp.logparse.python.traceback import (
    STACK_HEADER,
    failure_kind,
    parse_exception_line,
    read_chain,
    read_frames,
)
from qwen_lsp.logparse.sighting import Folder, Reading, Weight
from qwen_lsp.model import Severity

MARKS: Marks = (
    "(most recent call last)",
    Mark('File "', r'[^"\n]{1,1000}", line (?:[0-9]|None|\?)'),
    Mark("\nE   ", r" *[^ \n]"),
    " FAILURES =",
    " ERRORS =",
    "= short test summary info =",
    "= warnings summary",
    Mark("\nFAILED ", r"[^\s:]"),
    Mark("\nERROR ", r"[^\s:]+\.py\b"),
    Mark("\nFAIL: ", r"\S+ \("),
    Mark("\nERROR: ", r"\S+ \("),
    Mark(".py:", r"[0-9]{1,9}: (?:in |assert |[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b)"),
)

_CUT = "A traceback ends before the line that names the exception; paste the log to its end for a better answer."

# Sections of a pytest report (terminal.py). Others ("test session starts", "12 passed in 3s") hold no blocks.
_BLOCK_SECTIONS = frozenset({"FAILURES", "ERRORS"})
_SUMMARY_SECTION = "short test summary info"
_WARNING_SECTION = "warnings summary"
_FIRST_CHARACTERS = frozenset("=_\u2015-EF/.") | frozenset("abcdefghijklmnopqrstuvwxyz")
# Lines of a block that stand before the first one by which it is known, when its heading is cut off.
_HEADLESS_LINES = 200

# What says, just before a traceback, who printed it: threading.py (``_make_invoke_excepthook``), multiprocessing
# process.py (``_bootstrap``), asyncio (``default_exception_handler``), CPython's ``PyErr_WriteUnraisable``.
_BACKGROUND = re.compile(
    r"\s*(?:Exception in thread |Process [\w:-]+:|Task exception was never retrieved|Exception in callback |future: <"
    r"|handle: <|Unhandled exception in event loop|exception calling callback)"
)
_LAMBDA = "[ERROR] "
_IGNORED = re.compile(r"\s*(?:Exception ignored (?:in|while)|.*PytestUn(?:raisable|handled)\w{1,40}Warning:)")
_LOGGED = re.compile(r"\b(?:WARN(?:ING)?|ERROR|CRITICAL|FATAL|EXCEPTION|warning|error|critical)\b")
# Exceptions that only report another failure (a child process printed its own traceback before) or the user's wish.
_CONSEQUENCES = frozenset({"KeyboardInterrupt", "CalledProcessError", "SystemExit"})


def _named_above(line: str) -> tuple[str, str] | None:
    """Return the exception that AWS Lambda prints above its traceback: "[ERROR] KeyError: 'Records'"."""
    return parse_exception_line(line.removeprefix(_LAMBDA)) if line.startswith(_LAMBDA) else None


def read_python(lines: list[str]) -> Reading:
    """Return every failure of Python code that ``lines``, free of terminal noise, report.

    Margins are cut off in ``lines`` itself.
    """
    return _Scanner(lines).scan()


class _Scanner:
    """One pass over a log. Margins are cut off in place as tracebacks are met."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._section = ""
        self._has_headings = False
        self._is_captured = False
        self._folder = Folder()
        self._report = TestReport()
        self._margins = Margins(len(lines))
        self._is_cut = False
        self._read_up_to = 0
        self._no_headless_before = 0

    def scan(self) -> Reading:
        """Return all that the log holds."""
        lines = self._lines
        index, end = 0, len(lines)
        while index < end:
            line = lines[index]
            # Nearly all lines of a long log end here: keep it cheap.
            if line[:1] in _FIRST_CHARACTERS or 'File "' in line or "(most recent call last)" in line:
                index = self._read_at(index)
            else:
                index += 1
        self._report.finish(self._folder)
        return Reading(self._folder.sightings(), (_CUT,) if self._is_cut else ())

    def _read_at(self, index: int) -> int:
        """Read what begins at ``index``, if anything does; return the index to go on from."""
        line = self._lines[index]
        if section := pytest.SECTION.match(line):
            self._section, self._has_headings, self._is_captured = section["title"], False, False
            return index + 1
        if pytest.CAPTURED.match(line):
            self._is_captured = True
            return index + 1
        if index and unittest.TITLE.match(line) and unittest.RULE.match(self._lines[index - 1]):
            return self._read_unittest(index)
        if index and doctest.TITLE.match(line) and doctest.RULE.match(self._lines[index - 1]):
            return self._read_doctest(index)
        if self._section == _SUMMARY_SECTION and self._report.add_summary_line(index, line):
            return index + 1
        if heading := pytest.heading(line):
            self._has_headings, self._is_captured = True, False
            return self._read_block(index + 1, index + 1, heading)
        if self._begins_headless_block(index):
            start = index if self._section in _BLOCK_SECTIONS else max(self._read_up_to, index - _HEADLESS_LINES)
            return self._read_block(start, index, None)
        column = traceback_column(line)
        if column is not None:
            return self._read_traceback(index, column)
        stack = line.find(STACK_HEADER)
        if stack >= 0:
            return self._skip_stack(index, stack)
        return index + 1

    def _begins_headless_block(self, index: int) -> bool:
        """Return whether a block without a heading begins: the log was cut, or the style is ``--tb=line``."""
        is_in_section = self._section in _BLOCK_SECTIONS
        if index < self._no_headless_before or (self._is_captured and (self._has_headings or not is_in_section)):
            return False
        return pytest.is_evidence(self._lines[index], is_in_section=is_in_section)

    def _read_unittest(self, index: int) -> int:
        block = unittest.read_block(self._lines, index)
        if block.failure is not None:
            self._folder.add(block.failure, Weight.TEST, index)
        self._read_up_to = block.end
        return block.end

    def _read_doctest(self, index: int) -> int:
        failure, end = doctest.read_block(self._lines, index)
        if failure is not None:
            self._folder.add(failure, Weight.TEST, index)
        self._read_up_to = end
        return end

    def _read_block(self, start: int, known: int, heading: str | None) -> int:
        """Read the block of one failing test; ``known`` is the first line known to be part of it."""
        is_line_style = heading is None and self._section in _BLOCK_SECTIONS and not self._has_headings
        end = known
        while end < len(self._lines) and not pytest.ends_block(self._lines[end]):
            end += 1
            if is_line_style and pytest.ends_line_style(self._lines[end - 1]):
                break
        failure = pytest.read_block(self._lines, start, end)
        if failure is None and heading is not None and self._section in _BLOCK_SECTIONS:
            failure = pytest.read_message(self._lines, start, end)
        is_proven = heading is not None or self._section in _BLOCK_SECTIONS
        if failure is None or not (is_proven or failure.frames):
            # A line that only looked like pytest's: what follows is read as any other output.
            self._no_headless_before = end
            return known if heading is not None else known + 1
        self._report.add_block(start, failure, heading)
        self._read_up_to = end
        return end

    def _read_traceback(self, index: int, column: int) -> int:
        """Read the traceback whose text begins at ``column`` of the line at ``index``."""
        weight = self._weight_of_context(index, column)
        stop = self._margins.cut(self._lines, index, column)
        parsed = read_chain(self._lines, index, stop)
        if parsed.failure is None:
            return max(parsed.end, index + 1)
        failure = parsed.failure
        if parsed.is_cut and index and (named := _named_above(self._lines[index - 1])) is not None:
            parsed = replace(parsed, is_cut=False)
            failure = replace(failure, kind=failure_kind(named[0]), exception_type=named[0], message=named[1])
        self._is_cut = self._is_cut or parsed.is_cut
        if weight is Weight.IGNORED:
            failure = replace(failure, severity=Severity.WARNING)
        elif failure.exception_type.rpartition(".")[2] in _CONSEQUENCES and weight < Weight.CONSEQUENCE:
            weight = Weight.CONSEQUENCE
        self._folder.add(failure, weight, index)
        self._read_up_to = parsed.end
        return parsed.end

    def _skip_stack(self, index: int, column: int) -> int:
        """Return the index after a stack that was printed for information (logging's ``stack_info``)."""
        stop = self._margins.cut(self._lines, index, column)
        return read_frames(self._lines, index + 1, stop)[1]

    def _weight_of_context(self, index: int, column: int) -> Weight:
        """Return the weight that follows from where the traceback stands and from what was printed before it."""
        before = [line for line in self._lines[max(index - 3, self._read_up_to, 0) : index] if line.strip()][-2:]
        before.append(self._lines[index][:column])
        if self._section.startswith(_WARNING_SECTION) or any(_IGNORED.match(line) for line in before):
            return Weight.IGNORED
        if any(_BACKGROUND.search(line) for line in before):
            return Weight.BACKGROUND
        if any(_LOGGED.search(line) for line in before[-2:]):
            return Weight.LOGGED
        return Weight.UNCAUGHT
