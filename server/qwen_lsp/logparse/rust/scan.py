r"""Finds what Rust's programs and tools report anywhere in a log."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.rust import compiler, panics
from qwen_lsp.logparse.rust.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.sighting import Folder, Reading, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

# The output of one failing test: library/test/src/formatters/pretty.rs (``write_failures``).
_BLOCK = re.compile(r"---- (?P<name>\S.*) std(?:out|err) ----\s*$")
_SUMMARY = "failures:"
_BLOCK_END = ("---- ", _SUMMARY, "test result: ")
_RESULT = re.compile(r"test (?P<name>\S.*?)(?: - should panic)? \.\.\. FAILED\s*$")
_MEANT_TO_PANIC = re.compile(r"test (?P<name>\S.*?) - should panic \.\.\. ")
_NO_PANIC = re.compile(
    r"note: test did not panic as expected(?: at (?P<path>\S.*):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}))?\s*$"
)
_STARTS = (*compiler.STARTS, *compiler.JSON_STARTS, "---- ", "test ", "Error: ", "note: test did", _SUMMARY)
_FIRST_CHARACTERS = frozenset(start[0] for start in _STARTS)
_SUMMARY_NAME = re.compile(r" {4}(?P<name>\S.*\S)\s*$")
_MAX_BLOCK_LINES = 5_000
_MAX_SHOWN_LINES = 20

MARKS: Marks = (
    panics.MARK,
    panics.OVERFLOW_MARK,
    "\n---- ",
    "\nerror: ",
    "\nerror[",
    "\nwarning[",
    "\nError: ",
    " ... FAILED",
    "\n  --> ",
    "\n --> ",
    "   --> ",
    *(f"\n{start}" for start in compiler.JSON_STARTS),
    Mark(".rs:", "[0-9]{1,9}:[0-9]{1,9}: (?:error|warning)"),
)


def read_rust(lines: list[str]) -> Reading:
    """Return every failure of Rust code that ``lines``, free of terminal noise, report."""
    return _Scanner(lines).scan()


class _Scanner:
    """One pass over a log."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._folder = Folder()
        self._test: str | None = None
        """The test whose output is being read."""
        self._block_end = len(lines)
        """Where that output ends, or else the log."""
        self._blocks: dict[str, tuple[int, int]] = {}
        """Where the output of each failing test stands."""
        self._named: dict[str, int] = {}
        """Where a failing test is named first."""
        self._meant_to_panic: set[str] = set()

    def scan(self) -> Reading:
        """Return all that the log holds."""
        lines = self._lines
        index = 0
        while index < len(lines):
            if index >= self._block_end:
                self._test, self._block_end = None, len(lines)
            line = lines[index]
            # Nearly all lines of a long log end here: keep it cheap.
            if (
                (line[:1] in _FIRST_CHARACTERS and line.startswith(_STARTS))
                or panics.MARK in line
                or panics.OVERFLOW_MARK in line
                or compiler.SHORT_MARK in line
            ):
                index = max(self._read_at(index, line), index + 1)
            else:
                index += 1
        self._add_unread_tests()
        passed = self._meant_to_panic - self._named.keys() - self._blocks.keys()
        return Reading(tuple(one for one in self._folder.sightings() if one.failure.test_id not in passed))

    def _read_at(self, index: int, line: str) -> int:
        """Read what begins at ``index``, if anything does; return the index to go on from."""
        lines, folder = self._lines, self._folder
        if line.startswith("---- ") and (block := _BLOCK.match(line)):
            return self._enter_block(index, block["name"])
        if panics.MARK in line or panics.OVERFLOW_MARK in line:
            return panics.read_panic(lines, index, folder, self._test, self._block_end)
        if line.startswith(compiler.JSON_STARTS):
            return compiler.read_json(lines, index, folder)
        if line.startswith(compiler.STARTS):
            return compiler.read_diagnostic(lines, index, folder, self._test)
        if line.startswith("Error: "):
            return panics.read_returned(lines, index, folder, self._test, self._block_end)
        if result := _RESULT.match(line):
            self._named.setdefault(result["name"], index)
            return index + 1
        if meant := _MEANT_TO_PANIC.match(line):
            self._meant_to_panic.add(meant["name"])
            return index + 1
        if line.rstrip() == _SUMMARY:
            return self._read_summary(index + 1)
        if self._test is not None and (note := _NO_PANIC.match(line)):
            frames = (make_frame(note["path"], int(note["lineno"]), int(note["colno"])),) if note["path"] else ()
            folder.add(_failed(self._test, "test did not panic as expected", frames), Weight.TEST, index)
            return index + 1
        return compiler.read_short(lines, index, folder)

    def _read_summary(self, index: int) -> int:
        """Take the names of the tests that failed; return the index after them."""
        while index < len(self._lines) and (name := _SUMMARY_NAME.match(self._lines[index])):
            self._named.setdefault(name["name"], index)
            index += 1
        return index

    def _enter_block(self, index: int, name: str) -> int:
        lines = self._lines
        end = index + 1
        while end < min(len(lines), index + _MAX_BLOCK_LINES) and not lines[end].startswith(_BLOCK_END):
            end += 1
        self._test, self._block_end = name, end
        self._blocks[name] = (index, end)
        return index + 1

    def _add_unread_tests(self) -> None:
        """Add the failing tests of which no failure could be read, with what they printed."""
        seen = {sighting.failure.test_id for sighting in self._folder.sightings()}
        for name, (start, end) in self._blocks.items():
            if name not in seen:
                message = "\n".join(
                    line.rstrip() for line in self._lines[start + 1 : min(end, start + _MAX_SHOWN_LINES)]
                )
                frame = panics.doc_test_frame(name)
                self._folder.add(_failed(name, message.strip(), (frame,) if frame else ()), Weight.TEST, start)
        for name, number in self._named.items():
            if name not in seen and name not in self._blocks:
                self._folder.add(_failed(name, "", ()), Weight.TEST_NAMED, number)


def _failed(test_id: str, message: str, frames: tuple[StackFrame, ...]) -> Failure:
    return Failure(
        FailureKind.ASSERTION, "FAILED", message or "the test failed", frames, test_id=test_id, language=LANGUAGE
    )
