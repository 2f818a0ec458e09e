r"""Finds what the JVM's programs and tools report anywhere in a log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.jvm import builds, compilers, linters, munit, testruns
from qwen_lsp.logparse.jvm.frames import plain, read_frame
from qwen_lsp.logparse.jvm.throwables import UNKNOWN, Header, find_header, read_header, read_throwable
from qwen_lsp.logparse.sighting import Folder, Reading, Weight
from qwen_lsp.model import Failure

_THREAD_START = 'Exception in thread "'
_FRAME_MARKS = (
    "(Native Method)",
    "(Unknown Source)",
    *compilers.MARKS,
    ".groovy:",
    ".clj:",
    ".java)",
    ".kt)",
    ".scala)",
)
_STARTS = (
    _THREAD_START,
    *builds.MAVEN_STARTS,
    builds.GRADLE_START,
    *builds.LAUNCHER_STARTS,
    testruns.JUNIT5_START,
    "[ERROR]   ",
    "e: ",
    "w: ",
)
_FIRST_CHARACTERS = frozenset({start[0] for start in _STARTS} | set("0123456789"))
_CUT = "the log begins after the line that names the exception"
_LOGGED = re.compile(
    r"\b(?:WARN(?:ING)?|ERROR|SEVERE|FATAL|INFO|DEBUG|TRACE|warn|error|info)\b|[0-9]{2}:[0-9]{2}:[0-9]{2}"
)
_FATAL = "FATAL EXCEPTION: "
"""What Android's log has above the exception that ended an app."""
_CAUSED_BY = "Caused by: "
# What build tools throw when the program or its tests have failed.
_CONSEQUENCES = ("org.apache.maven.", "org.gradle.", "sbt.", "org.scalatest.exceptions.TestRunAborted")
_STACK_DUMPS = frozenset({"java.lang.Thread.dumpStack", "java.lang.Thread.getStackTrace"})
_NEAR_LINES = 4

MARKS: Marks = (
    _THREAD_START,
    "\nCaused by: ",
    *(f"\n{start}" for start in (*builds.MAVEN_STARTS, builds.GRADLE_START, *builds.LAUNCHER_STARTS)),
    f"\n{testruns.JUNIT5_START}",
    "\n[ERROR] Failures: ",
    "\n[ERROR] Errors: ",
    "<<< FAILURE!",
    "<<< ERROR!",
    "\tat ",
    *(Mark(f"{mark}", r"[0-9]{1,9}(?:\)|:[0-9 ]|: [a-z])| ?[\[(]") for mark in compilers.MARKS),
    "(Native Method)",
    "(Unknown Source)",
    testruns.SCALATEST_MARK,
    _FATAL,
    "\n-- [E",
    "\n-- Error: ",
    Mark(" FAILED", "\n    [a-z]"),
)


def read_jvm(lines: list[str]) -> Reading:
    """Return every failure of programs for the JVM that ``lines``, free of terminal noise, report."""
    return _Scanner(lines).scan()


class _Scanner:
    """One pass over a log."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._folder = Folder()
        self._read_up_to = 0
        self._test: str | None = None
        """The test whose exception comes next."""
        self._test_index = 0
        self._summary: list[tuple[Failure, int]] = []

    def scan(self) -> Reading:
        """Return all that the log holds."""
        lines = self._lines
        index = 0
        while index < len(lines):
            line = lines[index]
            # Nearly all lines of a long log end here: keep it cheap.
            if (
                (line[:1] in _FIRST_CHARACTERS and (line.startswith(_STARTS) or ") " in line[:9]))
                or compilers.SCALA3_START in line[:12]
                or any(mark in line for mark in _FRAME_MARKS)
                or any(mark in line for mark in testruns.HEADING_MARKS)
            ):
                end = self._read_at(index, line)
                if end > index:
                    self._read_up_to = end
                index = max(end, index + 1)
            else:
                index += 1
        seen = {_short_name(sighting.failure.test_id or "") for sighting in self._folder.sightings()}
        for failure, number in self._summary:
            if _short_name(failure.test_id or "") not in seen:
                self._folder.add(failure, Weight.TEST_NAMED, number)
        return Reading(self._folder.sightings())

    def _read_at(self, index: int, line: str) -> int:
        """Read what begins at ``index``, if anything does; return the index to go on from."""
        lines, folder = self._lines, self._folder
        if line.startswith(_THREAD_START) and (header := read_header(line)) is not None:
            return self._read_throwable(index, header)
        if line.startswith(testruns.JUNIT5_START) and (end := testruns.read_junit5(lines, index, folder)) > index:
            return end
        if line.startswith(builds.MAVEN_STARTS):
            return builds.read_maven(lines, index, folder)
        if line.startswith(builds.GRADLE_START):
            return builds.read_gradle(lines, index, folder)
        if line.startswith(builds.LAUNCHER_STARTS):
            return builds.read_launcher(lines, index, folder)
        if read_frame(plain(line).lstrip()) is not None:
            return self._read_stack(index)
        if testruns.SCALATEST_MARK in line and (end := testruns.read_scalatest(lines, index, folder)) > index:
            return end
        if (heading := testruns.read_heading(line)) is not None:
            self._test, self._test_index = heading, index
            return max(testruns.read_short(lines, index, heading, folder), index + 1)
        if line.startswith("[ERROR]   ") and (summary := testruns.read_summary(line)) is not None:
            self._summary.append((summary, index))
            return index + 1
        return self._read_diagnostic(index)

    def _read_diagnostic(self, index: int) -> int:
        for read in (compilers.read_console, compilers.read_gradle, compilers.read_scala3, linters.read_finding):
            if (end := read(self._lines, index, self._folder)) > index:
                return end
        return index

    def _read_stack(self, index: int) -> int:
        """Read the exception whose first frame is at ``index``."""
        found = find_header(self._lines, index, self._read_up_to)
        if found is not None:
            start, header = found
            return self._read_throwable(start, header)
        # Frames without a name above them are a thread's stack in a dump, unless the log begins in the middle of one.
        above = self._lines[max(0, index - _NEAR_LINES) : index]
        failure, end = read_throwable(self._lines, index - 1, Header(UNKNOWN, _CUT), indent=0)
        if index < _NEAR_LINES and not any(line.strip() for line in above):
            self._folder.add(failure, Weight.UNCAUGHT, index)
        return end

    def _read_throwable(self, start: int, header: Header) -> int:
        failure, end = read_throwable(self._lines, start, header)
        innermost = failure.frames[-1].function if failure.frames else None
        if innermost in _STACK_DUMPS:
            return end
        if (test := munit.test_of(header.prefix)) is not None:
            self._folder.add(replace(munit.tidied(failure), test_id=test), Weight.TEST, start)
            return end
        weight = self._weight(start, header, failure)
        if weight is Weight.TEST:
            failure = replace(failure, test_id=self._test)
            self._test = None
        self._folder.add(failure, weight, start)
        return end

    def _weight(self, start: int, header: Header, failure: Failure) -> Weight:
        """Return the weight that follows from what stands before the exception."""
        if self._test is not None and start - self._test_index <= _NEAR_LINES:
            return Weight.TEST
        if failure.exception_type.startswith(_CONSEQUENCES):
            return Weight.CONSEQUENCE
        if header.thread is not None:
            return Weight.UNCAUGHT if header.thread == "main" else Weight.BACKGROUND
        if any(_FATAL in line for line in self._lines[max(0, start - 2) : start]):
            return Weight.UNCAUGHT
        above = next((line for line in reversed(self._lines[max(0, start - 2) : start]) if line.strip()), "")
        is_logged = header.prefix not in {"", _CAUSED_BY} or _LOGGED.search(above)
        return Weight.LOGGED if is_logged else Weight.UNCAUGHT


def _short_name(test_id: str) -> str:
    """Return class and method of "com.acme.CartTest.adds(int)[1]" and "adds(com.acme.CartTest)" without the package."""
    name, _, rest = test_id.partition("(")
    if "." not in name and rest:
        name = f"{rest.rstrip(')')}.{name}"
    return ".".join(name.partition("[")[0].split(".")[-2:])
