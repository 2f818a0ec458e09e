"""One test's block in a pytest report, in the styles long, auto, short, line and native.

Source of the format: pytest's _pytest/_code/code.py (``FormattedExcinfo``, ``ReprEntry.toterminal``,
``ReprFileLocation.toterminal``), fixtures.py (``FixtureLookupErrorRepr``) and terminal.py (``short_test_summary``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qwen_lsp.logparse.python.frames import is_caret_line, make_frame
from qwen_lsp.logparse.python.traceback import (
    CHAIN_PHRASES,
    failure_kind,
    parse_exception_line,
    read_chain,
    starts_traceback,
)
from qwen_lsp.model import Failure, StackFrame

# terminal.py, ``write_sep``: "=== title ===" for sections, "___ title ___" for tests, "--- title ---" for output;
# pytest-sugar draws the second with horizontal bars.
SECTION = re.compile(r"={3,} (?P<title>\S.*\S) ={3,}\s*$")
HEADING = re.compile(r"(?:_+|\u2015+) (?P<title>\S.*\S|\S) (?:_+|\u2015+)\s*$")
HEADING_CHARACTERS = ("_", "\u2015")
CAPTURED = re.compile(r"-{3,} Captured .{1,60} -{3,}\s*$")
_FRAME_RULE = re.compile(r"(?:_ ){4,}_?\s*$")
# ReprFileLocation: "path:12: ValueError" or, in the middle of a stack, "path:12: "; ReprEntry in short style:
# "path:12: in function"; FixtureLookupErrorRepr: "path:12"; line style: "path:12: ValueError: message"
# and "path:12: assert 1 == 2".
_LOCATION = re.compile(
    r"(?P<path>(?!/[*/])(?:[A-Za-z]:[\\/])?[^\s:\"'=>-][^:\"']*+):(?P<lineno>[0-9]{1,9})"
    r"(?::(?: in (?P<function>\S.*)| (?P<exception>[^\W\d][\w.]*+)(?P<detail>: .*)?| (?P<assertion>assert .*))?)?\s*$"
)
_PATH_END = re.compile(r"(?:\.[A-Za-z]\w{0,9}|>)$")
_ERROR = re.compile(r"E(?: {3}(?P<text>.*))?\s*$")
_MARKED = re.compile(r">( {3,}\S.*)$")
_DEFINITION = re.compile(r"(?P<indentation> {2,4})(?:async )?def (?P<name>\w+)")
_FIXTURES = "available fixtures: "
_FIXTURE_HELP = re.compile(r"\s*(?:available fixtures: |use 'pytest --fixtures )")
_FIXTURE_MISSING = re.compile(r"(?:recursive dependency involving )?fixture '.{1,200}' ")
# What pytest-xdist puts below a heading.
_WORKER = re.compile(r"\[gw[0-9]{1,5}\] \S+ -- Python ")
_MAX_MESSAGE_LINES = 40

# doctest.py of pytest, ``repr_failure``: "004     >>> f(1)", then what CPython's doctest.OutputChecker says.
_EXAMPLE = re.compile(r"[0-9]{3,} +(?P<source>>>> .*)$")
_OUTCOMES = ("Expected:", "Expected nothing", "Differences (")


@dataclass(slots=True)
class _Entry:
    """What has been read of one exception of a chain."""

    frames: list[StackFrame] = field(default_factory=list)
    error_lines: list[str] = field(default_factory=list)
    location_type: str | None = None
    native: Failure | None = None
    function: str | None = None
    source: list[str] = field(default_factory=list)
    is_doctest: bool = False
    notes: list[str] = field(default_factory=list)

    def start_frame(self) -> None:
        self.function, self.source = None, []

    def add_frame(self, path: str, lineno: str, function: str | None) -> None:
        self.frames.append(make_frame(path, lineno, function or self.function, self.source))
        self.start_frame()


def heading(line: str) -> str | None:
    """Return the title when ``line`` is the heading of a test's block."""
    match = HEADING.match(line) if line.startswith(HEADING_CHARACTERS) else None
    return match["title"] if match is not None and set(match["title"]) - {*HEADING_CHARACTERS, " "} else None


def ends_block(line: str) -> bool:
    """Return whether ``line`` is the first one after a test's block, captured output not counted in."""
    if line[:1] not in {"=", "-", *HEADING_CHARACTERS}:
        return False
    return bool(SECTION.match(line) or CAPTURED.match(line) or heading(line))


def ends_line_style(line: str) -> bool:
    """Return whether ``line`` is the last one of a failure in the style ``--tb=line``, which has no headings."""
    location = _location(line)
    return location is not None and (location["exception"] is not None or location["assertion"] is not None)


def is_evidence(line: str, *, is_in_section: bool) -> bool:
    """Return whether ``line`` makes a failure by itself: a line of an error, or the place and type of one.

    Outside a section of failures "path:12: SomeWarning: text" is how Python prints a warning, not line style.
    """
    if line.startswith("E   "):
        return bool(line[4:].strip())
    if is_in_section:
        return ends_line_style(line)
    location = _location(line)
    if location is None or location["exception"] is None:
        return False
    return location["detail"] is None and location["exception"].endswith(("Error", "Exception"))


def read_block(lines: Sequence[str], start: int, stop: int) -> Failure | None:
    """Return the failure that ``lines[start:stop]``, a test's block without captured output, reports, or None."""
    finished: Failure | None = None
    is_explicit = False
    entry = _Entry()
    index = start
    while index < stop:
        line = lines[index]
        if line.strip() in CHAIN_PHRASES:
            finished = _finish(entry, finished, is_explicit)
            is_explicit = CHAIN_PHRASES[line.strip()]
            entry = _Entry()
        elif starts_traceback(line):
            parsed = read_chain(lines, index, stop, is_whole=True)
            entry.native = parsed.failure or entry.native
            index = parsed.end
            continue
        else:
            index = _read_line(lines, index, stop, entry)
        index += 1
    return _finish(entry, finished, is_explicit)


def read_message(lines: Sequence[str], start: int, stop: int) -> Failure | None:
    """Return the failure of a block that holds nothing but a message, as ``pytest.fail(pytrace=False)`` leaves it."""
    body = [line.rstrip() for line in lines[start:stop] if line.strip() and not _WORKER.match(line)]
    if not body or len(body) > _MAX_MESSAGE_LINES:
        return None
    return Failure(failure_kind("Failed"), "Failed", "\n".join(body), ())


def _read_line(lines: Sequence[str], index: int, stop: int, entry: _Entry) -> int:
    """Take ``lines[index]`` into ``entry``; return the index of the last line that was used."""
    line = lines[index]
    following = lines[index + 1] if index + 1 < stop else ""
    if entry.is_doctest and _location(line) is None:
        entry.error_lines.append(line)
    elif error := _ERROR.match(line):
        entry.error_lines.append(error["text"] or "")
    elif _FRAME_RULE.match(line):
        entry.start_frame()
    elif (marked := _MARKED.match(line)) and _FIXTURE_HELP.match(marked[1]):
        if marked[1].lstrip().startswith(_FIXTURES):
            entry.notes.append(marked[1].strip())
    elif marked:
        entry.source = [" " + marked[1], following]
        if len(marked[1]) - len(marked[1].lstrip()) <= 3:
            # The marked line is no deeper than a definition would be: module level or a generator expression.
            entry.function = None
    elif location := _location(line):
        if location["function"] is not None:
            is_source = following.startswith("    ")
            caret = lines[index + 2] if is_source and index + 2 < stop else ""
            entry.source = [following, caret] if is_source else []
            entry.add_frame(location["path"], location["lineno"], location["function"].rstrip())
            return index + is_source + (is_source and is_caret_line(caret))
        entry.add_frame(location["path"], location["lineno"], None)
        entry.location_type = location["exception"] or entry.location_type
        if not entry.error_lines and (location["detail"] or location["assertion"]):
            entry.error_lines.append(location["assertion"] or location["exception"] + location["detail"])
    elif example := _EXAMPLE.match(line):
        entry.source = [example["source"]]
    elif line.startswith(_OUTCOMES) and entry.source:
        entry.is_doctest = True
        entry.error_lines.append(line)
    elif entry.function is None and not entry.source and (definition := _DEFINITION.match(line)):
        entry.function = definition["name"]
    return index


def _location(line: str) -> re.Match[str] | None:
    if not line[:1].strip() or ":" not in line:
        return None
    match = _LOCATION.match(line)
    return match if match is not None and _PATH_END.search(match["path"]) else None


def _finish(entry: _Entry, cause: Failure | None, is_explicit: bool) -> Failure | None:
    """Return the failure that ``entry`` describes; ``cause`` itself where it describes none."""
    if not entry.error_lines and entry.native is not None:
        failure: Failure | None = _without_place(entry.native)
    else:
        failure = _from_error_lines(entry)
    if failure is None:
        return cause
    if cause is not None and failure.cause is None:
        return replace(failure, cause=cause, cause_is_explicit=is_explicit)
    return failure


def _without_place(failure: Failure) -> Failure:
    """Return an example's exception without the line that ends a doctest's block, "path:12: UnexpectedException"."""
    message, _, last = failure.message.rpartition("\n")
    location = _location(last)
    if location is None or location["exception"] != "UnexpectedException":
        return failure
    return replace(failure, message=message.rstrip())


def _from_error_lines(entry: _Entry) -> Failure | None:
    lines = _dedent(entry.error_lines)
    if not lines:
        if entry.location_type is None:
            return None
        return Failure(failure_kind(entry.location_type), entry.location_type, "", tuple(entry.frames))
    place = next((index for index, line in enumerate(lines) if starts_traceback(line)), None)
    if place is not None:
        parsed = read_chain(lines, place, len(lines), is_whole=True)
        if parsed.failure is not None:
            return replace(parsed.failure, frames=(*entry.frames, *parsed.failure.frames))
    exception_type, message = _exception(lines, entry.location_type)
    kind, frames = failure_kind(exception_type), tuple(entry.frames)
    return Failure(kind, exception_type, message, frames, notes=tuple(entry.notes))


def _exception(lines: list[str], location_type: str | None) -> tuple[str, str]:
    """Return type and message; pytest leaves "AssertionError: " out before a rewritten assertion."""
    whole = "\n".join(lines).strip()
    parsed = parse_exception_line(lines[0])
    if parsed is not None and location_type in {None, parsed[0], parsed[0].rpartition(".")[2]}:
        return parsed[0], "\n".join([parsed[1], *lines[1:]]).strip()
    if location_type is not None:
        return location_type, whole
    if _FIXTURE_MISSING.match(whole):
        return "FixtureLookupError", whole
    return "AssertionError" if whole.startswith("assert") else "Failed", whole


def _dedent(lines: list[str]) -> list[str]:
    """Return ``lines`` without the indentation they share, trailing blank lines left out."""
    indentations = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    margin = min(indentations, default=0)
    dedented = [line[margin:].rstrip() for line in lines]
    while dedented and not dedented[-1]:
        dedented.pop()
    return dedented
