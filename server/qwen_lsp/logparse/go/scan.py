r"""Finds what Go's programs and tools report anywhere in a log."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.go import compiler, events, gotest, panics
from qwen_lsp.logparse.go.frames import is_goroutine
from qwen_lsp.logparse.sighting import Folder, Reading, Sighting

_SLASH = re.compile("/")
_RESULT_MARK = "--- "
_STARTS = (
    *panics.STARTS,
    *gotest.RUN_STARTS,
    compiler.COMMAND_START,
    "goroutine ",
    *gotest.PACKAGE_STARTS,
    "--- ",
    "# ",
)
_FIRST_CHARACTERS = frozenset(start[0] for start in _STARTS)

MARKS: Marks = (
    *(f"\n{start}" for start in panics.STARTS),
    panics.SERVED_MARK,
    panics.RACE_MARK,
    "\ngoroutine ",
    "--- FAIL: ",
    "\nFAIL\t",
    '"Action":"fail"',
    '"Action":"build-output"',
    Mark(".go:", r"[0-9]{1,9}:[0-9]{1,9}: "),
    Mark(".go:", r"[0-9]{1,9}(?: \+0x|\n[^\s]{1,300}\n\t)"),
    Mark("\ngo: ", r"(?!downloading |finding |found |upgraded |added |extracting |creating |to add )"),
)


def read_go(lines: list[str]) -> Reading:
    """Return every failure of Go code that ``lines``, free of terminal noise, report."""
    folder = Folder()
    if any(line.startswith(events.STARTS) for line in lines):
        for stream in events.split(lines):
            _Scanner(stream.lines, stream.indexes, folder).scan(stream.package)
    else:
        _Scanner(lines, range(len(lines)), folder).scan(None)
    return Reading(_without_parents(folder.sightings()))


def _without_parents(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Return ``sightings`` without the tests that failed only because a subtest of theirs did."""
    names = (one.failure.test_id for one in sightings if one.failure.test_id is not None)
    # A subtest's own name may hold slashes.
    parents = {name[: slash.start()] for name in names for slash in _SLASH.finditer(name)}
    return tuple(
        one for one in sightings if one.failure.test_id not in parents or one.failure.message != gotest.NO_MESSAGE
    )


class _Scanner:
    """One pass over a log, or over one stream of it; ``indexes`` says which line of the log each line is."""

    def __init__(self, lines: Sequence[str], indexes: Sequence[int], folder: Folder) -> None:
        self._lines = lines
        self._indexes = indexes
        self._folder = folder
        self._found = Folder()
        self._report = gotest.TestReport(self._found)
        self._tool = compiler.BUILD

    def scan(self, package: str | None) -> None:
        """Take all that the lines hold; ``package`` is the one whose tests print them, if that is known."""
        lines = self._lines
        index = 0
        while index < len(lines):
            line = lines[index]
            # Nearly all lines of a long log end here: keep it cheap.
            if (
                (line[:1] in _FIRST_CHARACTERS and line.startswith(_STARTS))
                or compiler.MARK in line
                or (line[:4] == "    " and _RESULT_MARK in line)
                or panics.SERVED_MARK in line
                or panics.RACE_MARK in line
            ):
                index = max(self._read_at(index, line), index + 1)
            else:
                index += 1
        if package is not None:
            self._report.end_package(package)
        self._report.finish()
        for sighting in self._found.sightings():
            number = self._indexes[sighting.line_index]
            for _ in range(sighting.failure.count):
                self._folder.add(sighting.failure, sighting.weight, number)

    def _read_at(self, index: int, line: str) -> int:
        """Read what begins at ``index``, if anything does; return the index to go on from."""
        lines, report = self._lines, self._report
        if line.startswith(gotest.RUN_STARTS):
            report.add_run(line)
            return index + 1
        if line.startswith(gotest.PACKAGE_STARTS):
            report.read_package(line)
            return index + 1
        if line.startswith(panics.STARTS) or panics.SERVED_MARK in line:
            crash = panics.read_panic(lines, index)
            if crash is None:
                return index
            if crash.failure.test_id is not None or not report.add_crash(crash, index):
                self._found.add(crash.failure, crash.weight, index)
            return crash.end
        if panics.RACE_MARK in line:
            race = panics.read_race(lines, index)
            if race is not None:
                report.add_race(race, index)
                return race.end
            return index
        if is_goroutine(line):
            logged = panics.read_logged_stack(lines, index)
            if logged is not None:
                self._found.add(logged.failure, logged.weight, index)
                return logged.end
            return index
        if line.startswith("# ") and (heading := compiler.HEADING.match(line)):
            self._tool = compiler.VET if heading["vet"] else compiler.BUILD
            return index + 1
        if line.startswith(compiler.COMMAND_START):
            return compiler.read_command(lines, index, self._found)
        if line.startswith("\t") and (end := self._read_error_stack(index)) > index:
            return end
        return self._read_test_output(index, line)

    def _read_error_stack(self, index: int) -> int:
        crash = panics.read_error_stack(self._lines, index)
        if crash is None:
            return index
        self._found.add(crash.failure, crash.weight, index)
        return crash.end

    def _read_test_output(self, index: int, line: str) -> int:
        end = self._report.read_result(self._lines, index) if _RESULT_MARK in line else index
        if end == index and compiler.MARK in line:
            end = self._report.read_entry(self._lines, index)
            if end == index:
                end = compiler.read_finding(self._lines, index, self._found, self._tool)
        return end
