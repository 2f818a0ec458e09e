"""The report of ``go test``.

Source of the formats: Go's src/testing/testing.go (``(*common).report``, ``(*indenter).Write``) and example.go,
src/cmd/go/internal/test/test.go; testify's assert/assertions.go (``Fail``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qwen_lsp.logparse.go.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.go.panics import Crash
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

NO_MESSAGE = "the test failed"
PACKAGE_STARTS = ("FAIL\t", "ok  \t", "?   \t")
RUN_STARTS = ("=== RUN", "=== CONT", "=== NAME", "=== PAUSE")
_FAILED = re.compile(r"(?P<indent> {0,200})--- (?P<result>FAIL|PASS|SKIP): (?P<name>\S.*) \([0-9.]{1,20}s\)$")
_RUN = re.compile(r"=== (?:RUN|CONT|NAME|PAUSE) {1,4}(?P<name>\S.*)$")
_PACKAGE = re.compile(r"(?:FAIL|ok  |\?   )\t(?P<package>\S{1,500})(?:\t|\s\[)")
# "    file_test.go:12: message", each level of subtests four blanks deeper; some tools show the whole path.
_ENTRY = re.compile(r"(?P<indent> {4,200})(?P<path>\S[^:\n]{0,500}?\.go):(?P<lineno>[0-9]{1,9}): ?(?P<text>.*)$")
_TESTIFY = re.compile(r"(?P<name>Error Trace|Error|Test|Messages|Diff):\s*(?P<text>.*)$")
_TRACE = re.compile(r"(?P<path>\S.*?):(?P<lineno>[0-9]{1,9})$")
_RACE_FOUND = "race detected during execution of test"
_MAX_LINES = 500
_HOSTED_PARTS = 3
_VERSION = re.compile(r"v[0-9]{1,4}$")


@dataclass(slots=True)
class _Entry:
    """What a test logged at a place: ``t.Log`` and ``t.Error`` look the same."""

    path: str
    lineno: int
    lines: list[str]


@dataclass(slots=True)
class _Failing:
    """A test that failed, waiting for the line that names its package."""

    name: str
    index: int
    entries: list[_Entry] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    crash: Crash | None = None


class TestReport:
    """Collects the failing tests of a log, package by package."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._running = ""
        self._logged: dict[str, list[_Entry]] = {}
        self._failing: list[_Failing] = []
        self._ready: list[tuple[str | None, list[_Failing]]] = []
        self._races: list[tuple[Crash, int]] = []

    def add_run(self, line: str) -> None:
        """Take the line that says whose output follows."""
        match = _RUN.match(line)
        self._running = match["name"].rstrip() if match else ""

    def add_crash(self, crash: Crash, index: int) -> bool:
        """Take a panic; return whether it is that of the test that failed in the line before it."""
        last = self._failing[-1] if self._failing else None
        if last is None or last.index < index - 2 or last.entries:
            return False
        last.crash = crash
        return True

    def add_race(self, crash: Crash, index: int) -> None:
        """Take a race, which may be that of the next test that fails."""
        self._races.append((crash, index))

    def read_entry(self, lines: Sequence[str], index: int) -> int:
        """Take what the running test logs at ``index``; return the index after it, or ``index`` for none."""
        if not self._running:
            return index
        entry, end = _read_entry(lines, index)
        if entry is not None:
            self._logged.setdefault(self._running, []).append(entry)
        return end

    def read_result(self, lines: Sequence[str], index: int) -> int:
        """Take the result at ``index`` with what is printed below it; return as `read_entry` does."""
        match = _FAILED.match(lines[index])
        if match is None:
            return index
        name = match["name"].rstrip()
        before = self._logged.pop(name, [])
        depth = len(match["indent"])
        failing = _Failing(name, index, before)
        end = index + 1
        while end < min(len(lines), index + _MAX_LINES) and not _FAILED.match(lines[end]):
            entry, after = _read_entry(lines, end)
            if entry is None or len(lines[end]) - len(lines[end].lstrip()) <= depth:
                break
            failing.entries.append(entry)
            end = after
        if match["result"] != "FAIL":
            return end
        if not failing.entries and name.startswith("Example"):
            while end < min(len(lines), index + _MAX_LINES) and not lines[end].startswith(("FAIL", "---", "===", "ok")):
                failing.output.append(lines[end].rstrip())
                end += 1
        self._failing.append(failing)
        return end

    def read_package(self, line: str) -> None:
        """Take the line that ends a package's report."""
        match = _PACKAGE.match(line)
        if match is not None:
            self.end_package(match["package"])

    def end_package(self, package: str | None) -> None:
        """Say that all tests since the last package were those of ``package``."""
        if self._failing or package is not None:
            self._ready.append((package, self._failing))
        self._failing, self._logged, self._running = [], {}, ""

    def finish(self) -> None:
        """Hand over all failing tests and the races that are of none."""
        self.end_package(None)
        root = _root_of([package for package, _ in self._ready if package is not None])
        for package, tests in self._ready:
            folder = "/".join(package.split("/")[root:]) if package is not None else ""
            for test in tests:
                self._folder.add(self._failure(test, folder), Weight.TEST, test.index)
        for crash, index in self._races:
            self._folder.add(crash.failure, crash.weight, index)

    def _failure(self, test: _Failing, folder: str) -> Failure:
        if test.crash is not None:
            return replace(test.crash.failure, test_id=test.name)
        entries = test.entries
        if entries and _RACE_FOUND in entries[-1].lines[0] and (race := self._race_before(test.index)) is not None:
            return replace(race.failure, test_id=test.name)
        message, frames = NO_MESSAGE, tuple[StackFrame, ...]()
        notes: list[str] = []
        if entries:
            *others, last = entries
            message, frames, notes = _read_message(last, folder)
            notes = [f"{entry.path}:{entry.lineno}: {_text(entry)}" for entry in others] + notes
        elif test.output:
            message = "\n".join(test.output).strip()
        return Failure(
            FailureKind.ASSERTION, "FAIL", message, frames, notes=tuple(notes), test_id=test.name, language=LANGUAGE
        )

    def _race_before(self, index: int) -> Crash | None:
        """Return the first race that is reported before ``index`` and of no other test; those with it are the same."""
        before = [crash for crash, number in self._races if number < index]
        self._races = [(crash, number) for crash, number in self._races if number >= index]
        return before[0] if before else None


def _read_entry(lines: Sequence[str], index: int) -> tuple[_Entry | None, int]:
    """Return what a test logged at ``index``, with the lines that go on four blanks deeper, and the index after it."""
    match = _ENTRY.match(lines[index])
    if match is None:
        return None, index
    entry = _Entry(match["path"], int(match["lineno"]), [match["text"].rstrip()])
    deeper = match["indent"] + "    "
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith(deeper) and not _FAILED.match(lines[end]):
        if _ENTRY.match(lines[end]) and not lines[end].startswith(f"{deeper} "):
            break
        entry.lines.append(lines[end].removeprefix(deeper).rstrip())
        end += 1
    return entry, end


def _text(entry: _Entry) -> str:
    return "\n".join(entry.lines).strip()


def _read_message(entry: _Entry, folder: str) -> tuple[str, tuple[StackFrame, ...], list[str]]:
    """Return the message, frames and notes of what a test logged last, which may be a report of testify."""
    path = f"{folder}/{entry.path}" if folder and "/" not in entry.path and "\\" not in entry.path else entry.path
    if not any(line.strip().startswith("Error Trace:") for line in entry.lines):
        return _text(entry), (make_frame(path, entry.lineno),), []
    fields: list[tuple[str, list[str]]] = []
    for line in entry.lines:
        if match := _TESTIFY.match(line.strip()):
            fields.append((match["name"], [match["text"].rstrip()]))
        elif fields:
            fields[-1][1].append(line.strip())
    values = dict(fields)
    frames = [
        make_frame(place["path"], int(place["lineno"]))
        for text in values.get("Error Trace", [])
        if (place := _TRACE.match(text))
    ]
    notes = [f"Messages: {' '.join(values['Messages'])}"] if "Messages" in values else []
    message = "\n".join(values.get("Error", [])).strip()
    return message or NO_MESSAGE, tuple(frames[::-1]) or (make_frame(path, entry.lineno),), notes


def _root_of(packages: Sequence[str]) -> int:
    """Return how many parts of a package's name are those of its module, as far as names tell.

    What the module's packages have in common is its name, or more; a name on a host has three parts in most cases, and
    one more for a major version.
    """
    parts = [package.split("/") for package in packages]
    if not parts:
        return 0
    root = _HOSTED_PARTS if "." in parts[0][0] else 1
    if len(parts[0]) > root and _VERSION.match(parts[0][root]):
        root += 1
    common = 0
    while all(len(one) > common and one[common] == parts[0][common] for one in parts):
        common += 1
    return min(root, common) if len(set(packages)) > 1 else root
