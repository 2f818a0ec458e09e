"""Finds what names a place and an error in a way that many tools share, for tools that no other family knows.

What is seen here counts only where no other family saw a failure (`unspoken`): most compilers and linters print
``path:line:column: error: message`` (GNU Coding Standards, "Formatting Error Messages") or ``path(line,column): error
code: message`` (MSBuild), a build tool says at the end that something failed, and a shell that a signal ended the
program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.places import is_underline, number, with_source
from qwen_lsp.logparse.scanning import Found, Readers, scan
from qwen_lsp.logparse.sighting import Reading, Sighting, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

LANGUAGE = "text"
_SEVERITIES = ("error", "Error", "ERROR", "fatal error", "fatal", "FATAL")
_PATH = r"(?P<path>(?:[A-Za-z]:(?=[\\/]))?[^\s:()\"'<>|][^:()\"'<>|]{0,400})"
_SEVERITY = r"(?P<severity>(?:fatal )?error|fatal|Error|ERROR|FATAL)"
_COLONS = re.compile(
    rf"{_PATH}:(?P<lineno>[0-9]{{1,9}})(?::(?P<colno>[0-9]{{1,9}}))?(?:-[0-9:]{{1,20}})?: ?"
    rf"{_SEVERITY}(?:\[(?P<code>[\w.-]{{1,40}})\])?:(?P<message>(?: .*)?)$"
)
_PARENTHESES = re.compile(
    rf"{_PATH}\((?P<lineno>[0-9]{{1,9}})(?:[,:](?P<colno>[0-9]{{1,9}}))?\) ?: ?"
    rf"{_SEVERITY}(?: (?P<code>[A-Z]{{1,8}}[0-9]{{1,6}}))?: (?P<message>\S.*)$"
)
_CODE_ONLY = re.compile(r"\[[\w-]{1,40}\]$")
_NUMBERED = re.compile(r" {0,9}(?P<lineno>[0-9]{0,9}) ?\|(?P<text>.*)$")
_MAX_LINES = 12
_ABSOLUTE = re.compile(r"(?:[A-Za-z]:[\\/]|/)\w")
_EXTENSION = re.compile(r"\.(?P<extension>[A-Za-z][\w+-]{0,11})$")
# Names of hosts, not of files: "example.com:443: error: refused".
_DOMAINS = frozenset(
    {"com", "org", "net", "io", "dev", "local", "internal", "lan", "localdomain", "app", "cloud", "svc"}
)
_MAKE_PLACE = re.compile(r"(?P<path>[^\s:]{1,500}):(?P<lineno>[0-9]{1,9}): \*\*\* (?P<message>\S.*)$")
_MAKE = re.compile(
    r"(?:\S{0,200}/)?g?make(?:\[[0-9]{1,3}\])?: \*\*\* "
    r"(?P<message>\[(?:(?P<path>[^\s:\]]{1,500}):(?P<lineno>[0-9]{1,9}): )?.*)$"
)
_NO_RULE = re.compile(r"(?:\S{0,200}/)?g?make(?:\[[0-9]{1,3}\])?: \*\*\* (?P<message>No (?:rule|targets).*)$")
_SIGNALS = {
    "Segmentation fault": "SIGSEGV",
    "Aborted": "SIGABRT",
    "Bus error": "SIGBUS",
    "Illegal instruction": "SIGILL",
    "Floating point exception": "SIGFPE",
}
_SIGNAL = re.compile(rf"(?:zsh: )?(?P<what>(?i:{'|'.join(_SIGNALS)}))(?: \(core dumped\))?(?:  \S.*)?$")
_NINJA = re.compile(r"ninja: (?:error: (?P<message>.*)|build stopped: .*)$")
_NINJA_PLACE = re.compile(r"(?P<path>[^\s:]{1,500}):(?P<lineno>[0-9]{1,9}): (?P<message>.*)$")
_STOP = re.compile(r"\.? {1,2}Stop\.$")

MARKS: Marks = (
    *(Mark(f": {word}", rf"(?<=[0-9)]: {word})(?:\[[\w.-]{{1,40}}\])?:(?: \S|\n)") for word in _SEVERITIES),
    *(Mark(f": {word} ", rf"(?<=\): {word} )[A-Z]{{1,8}}[0-9]{{1,6}}: ") for word in ("error", "fatal error")),
    "make: *** ",
    "]: *** [",
    Mark(": *** ", r"(?<=[0-9]: \*\*\* )\S"),
    "\nninja: error: ",
    "\nninja: build stopped: ",
    *(Mark(f"\n{signal}", r"(?: \(core dumped\))?[\t ]*(?:\n|\Z)") for signal in _SIGNALS),
    *(f"\nzsh: {signal.lower()}" for signal in _SIGNALS),
)


def read_generic(lines: list[str]) -> Reading:
    """Return every place with an error, and every failed build, that ``lines``, free of terminal noise, name."""
    readers: Readers = (
        *((f"{word}:", _read_place) for word in _SEVERITIES),
        *((f"{word}[", _read_place) for word in _SEVERITIES),
        (": error ", _read_place),
        (": fatal error ", _read_place),
        ("*** ", _read_make),
        ("ninja: ", _read_ninja),
        *((text, _read_signal) for signal in _SIGNALS for text in (signal, signal.lower())),
    )
    return scan(lines, readers)


def unspoken(own: Sequence[Sighting], others: Sequence[Sighting]) -> list[Sighting]:
    """Return those of this family's sightings ``own`` that say what none of ``others`` says.

    A place counts when no failure of another family has it in its frames or began on the same line; that a build failed
    counts when nothing else was found.
    """
    lines = {sighting.line_index for sighting in others}
    places = {(frame.path, frame.lineno) for sighting in others for frame in _frames(sighting.failure)}
    kept = [
        sighting
        for sighting in own
        if sighting.weight is not Weight.CONSEQUENCE
        and sighting.line_index not in lines
        and not any((frame.path, frame.lineno) in places for frame in sighting.failure.frames)
    ]
    if kept or others:
        return kept
    return [sighting for sighting in own if sighting.weight is Weight.CONSEQUENCE][:1]


def _frames(failure: Failure) -> Iterator[StackFrame]:
    current: Failure | None = failure
    while current is not None:
        yield from current.frames
        for member in current.members:
            yield from _frames(member)
        current = current.cause


def _read_place(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "src/main.zig:3:5: error: message" or "main.d(3): Error: message"."""
    line = lines[index].strip()
    match = _COLONS.match(line) or _PARENTHESES.match(line)
    if match is None or not _is_file(match["path"]):
        return None
    frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"] or ""))
    message, end = _message(lines, index, match["message"].strip())
    if not message:
        return None
    frame, end = _with_excerpt(frame, lines, end)
    failure = Failure(FailureKind.EXCEPTION, match["code"] or match["severity"], message, (frame,), language=LANGUAGE)
    return Found.one(failure, Weight.TEST, index, end)


def _message(lines: Sequence[str], index: int, first: str) -> tuple[str, int]:
    """Return the message and the index after it: GHC prints it below, indented."""
    end = index + 1
    if first and not _CODE_ONLY.match(first):
        return first, end
    texts = [first] if first else []
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith("  ") and lines[end].strip(" |"):
        texts.append(lines[end].strip())
        end += 1
    return "\n".join(texts), end


def _with_excerpt(frame: StackFrame, lines: Sequence[str], start: int) -> tuple[StackFrame, int]:
    """Return ``frame`` with the source printed from ``start`` on, numbered or not, and the index after it."""
    if start + 1 < len(lines) and is_underline(lines[start + 1]) and lines[start].strip():
        return with_source(frame, lines[start], lines[start + 1]), start + 2
    end = start
    while end < min(len(lines), start + _MAX_LINES) and (numbered := _NUMBERED.match(lines[end])):
        if number(numbered["lineno"]) == frame.lineno:
            below = _NUMBERED.match(lines[end + 1]) if end + 1 < len(lines) else None
            underline = below["text"] if below is not None and is_underline(below["text"]) else ""
            frame = with_source(frame, numbered["text"], underline)
        end += 1
    return frame, end


def _is_file(path: str) -> bool:
    """Return whether ``path`` names a file, not a host, a time of day or a program."""
    if "://" in path or path.endswith((" ", "/", "\\")) or (" " in path and not _ABSOLUTE.match(path)):
        return False
    extension = _EXTENSION.search(path)
    if extension is None or extension["extension"].lower() in _DOMAINS:
        return re.search(r"[/\\]\w", path) is not None and " " not in path
    return True


def _read_make(lines: Sequence[str], index: int) -> Found | None:
    """Return what GNU make stopped for."""
    line = lines[index].rstrip()
    if match := _MAKE_PLACE.match(line):
        frame = StackFrame(match["path"], number(match["lineno"]))
        message = _STOP.sub("", match["message"])
        kind = FailureKind.SYNTAX_ERROR if "missing separator" in message else FailureKind.EXCEPTION
        return Found.one(Failure(kind, "make", message, (frame,), language="make"), Weight.UNCAUGHT, index, index + 1)
    if match := _NO_RULE.match(line):
        failure = Failure(FailureKind.EXCEPTION, "make", _STOP.sub("", match["message"]), (), language="make")
        return Found.one(failure, Weight.UNCAUGHT, index, index + 1)
    match = _MAKE.match(line)
    if match is None:
        return None
    frames = (StackFrame(match["path"], number(match["lineno"])),) if match["path"] else ()
    failure = Failure(FailureKind.EXCEPTION, "make", match["message"], frames, language="make")
    return Found.one(failure, Weight.CONSEQUENCE, index, index + 1)


def _read_signal(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of a line "Segmentation fault (core dumped)"."""
    match = _SIGNAL.match(lines[index].rstrip())
    if match is None:
        return None
    what = match["what"].capitalize()
    failure = Failure(FailureKind.EXCEPTION, _SIGNALS[what], what, (), language="c")
    return Found.one(failure, Weight.CONSEQUENCE, index, index + 1)


def _read_ninja(lines: Sequence[str], index: int) -> Found | None:
    """Return what ninja stopped for; "build stopped" says that a command failed, whose output stands above."""
    match = _NINJA.match(lines[index].rstrip())
    if match is None:
        return None
    if match["message"] is None:
        failure = Failure(
            FailureKind.EXCEPTION, "ninja", lines[index].partition(": ")[2].rstrip(), (), language="ninja"
        )
        return Found.one(failure, Weight.CONSEQUENCE, index, index + 1)
    place = _NINJA_PLACE.match(match["message"])
    frames = (StackFrame(place["path"], number(place["lineno"])),) if place else ()
    message = place["message"] if place else match["message"]
    failure = Failure(FailureKind.EXCEPTION, "ninja", message, frames, language="ninja")
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)
