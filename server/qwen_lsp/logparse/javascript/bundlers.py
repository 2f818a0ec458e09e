"""What esbuild, Rolldown, Rollup, Vite and webpack refuse to build.

Source of the formats: esbuild's internal/logger/logger.go (``msgString``, ``detailStruct``); the ariadne reports that
Rolldown and oxc print; webpack's lib/stats/DefaultStatsPrinterPlugin.js; Rollup's cli/logging.ts (``handleError``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript import codeframe
from qwen_lsp.logparse.javascript.errors import read_frames
from qwen_lsp.logparse.javascript.frames import is_source, language_of, make_frame, read_frame, split_place, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

_ESBUILD = re.compile(r"[\u2718X\u25b2>] \[(?P<severity>ERROR|WARNING)\] (?P<message>.*)$")
# esbuild's messages as its API gives them, and within the errors of Vite: "path:3:12: ERROR: message".
_ESBUILD_LINE = re.compile(
    r"(?: > )?(?P<path>(?:[A-Za-z]:(?=[\\/]))?[^\s:][^:]*+):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}):"
    r" (?P<severity>ERROR|WARNING|error|warning): (?P<message>.*)$"
)
_BUNDLED_TOO = (".css", ".scss", ".sass", ".less", ".json", ".html", ".svg", ".txt")
_REPORT = re.compile(r"\[(?P<code>[A-Z][A-Z_]{1,60})\] (?P<message>\S.*)$")
_REPORT_PLACE = re.compile(r"\s*+\u256d\u2500\[ ?(?P<place>\S.*?) ?\]$")
_WEBPACK = re.compile(
    r"(?P<severity>ERROR|WARNING) in (?P<path>\S+)(?: (?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})(?:-[0-9:]+)?)?$"
)
_MODULE_ERROR = re.compile(r"Module (?:not found|parse failed|build failed|Error|Warning)[ :]")
_NUMBERED_PLACE = re.compile(r"\s*\((?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})\)$")
# "RollupError: src/a.js (2:13): message", with "[plugin name] " before the message where a plugin refuses.
_ROLLUP = re.compile(
    r"(?:(?:RollupError|RolldownError|SyntaxError|Error): )?(?:\[[\w:@/ -]{1,80}\] ){0,2}"
    r"(?:(?P<path>[^\s:()][^:()]*) \((?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})\): )?(?P<message>\S.*)$"
)
_ROLLUP_FILE = re.compile(r"file: (?P<path>\S.*?)(?::(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}))?$")
_VITE = re.compile(r"\[vite\] (?:\([\w-]{1,30}\) )?(?:Internal server error|Pre-transform error): (?P<message>\S.*)$")
_VITE_FILE = re.compile(r"\s*+File: (?P<path>\S.*):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})$")
_ROLLUP_MARK = "[!] "
_VITE_MARK = "error during build:"
_MAX_LINES = 30
_REPORT_LINES = 4
_PARSE_STARTS = (
    "Module parse failed",
    "Unexpected ",
    "Expected ",
    "Unterminated ",
    "Syntax error",
    "Parse error",
    "Failed to parse",
)


def read_esbuild(lines: Sequence[str], index: int) -> Found | None:
    """Return what esbuild says in ``lines[index]``; place and source stand below it."""
    match = _ESBUILD.match(lines[index].lstrip())
    if match is None:
        return _read_esbuild_line(lines, index)
    end = min(len(lines), index + _MAX_LINES)
    for place in range(index + 1, end):
        text = lines[place].strip()
        found = split_place(text.removesuffix(":")) if text.endswith(":") else None
        if found is not None and found[2] is not None:
            # esbuild counts columns from 0.
            frame = make_frame(found[0], found[1], found[2] + 1)
            code = codeframe.read_code_frame(lines, place + 1, min(len(lines), place + 4))
            return _found(match, _with_code(frame, code), index, code.end if code else place + 1)
        if text and not lines[place].startswith("  "):
            break
    return _found(match, None, index, index + 1)


def _read_esbuild_line(lines: Sequence[str], index: int) -> Found | None:
    match = _ESBUILD_LINE.match(lines[index])
    if match is None:
        return None
    if not (is_source(match["path"]) or match["path"].endswith(_BUNDLED_TOO)):
        return None  # The compilers of other languages, and Meson, print the same.
    frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]) + 1)
    code = codeframe.read_code_frame(lines, index + 1, min(len(lines), index + _MAX_LINES))
    return _found(match, _with_code(frame, code), index, code.end if code else index + 1)


def read_refusal(lines: Sequence[str], index: int) -> Found | None:
    """Return what a compiler without types says at ``index`` within a test runner's report."""
    return read_report(lines, index) or _read_esbuild_line(lines, index)


def read_report(lines: Sequence[str], index: int) -> Found | None:
    """Return what Rolldown or oxc report: "[CODE] message", and below it a drawing of the source."""
    match = _REPORT.match(lines[index])
    if match is None:
        return None
    for place in range(index + 1, min(len(lines), index + 1 + _REPORT_LINES)):
        corner = _REPORT_PLACE.match(lines[place])
        found = split_place(corner["place"]) if corner is not None else None
        if found is not None:
            code = codeframe.read_code_frame(lines, place + 1, min(len(lines), place + _MAX_LINES))
            return _found(match, _with_code(make_frame(*found), code), index, code.end if code else place + 1)
    return None


def read_webpack(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "ERROR in ./module.js 1:0-35", whose message stands in the lines below."""
    match = _WEBPACK.match(lines[index])
    if match is None or index + 1 >= len(lines) or not lines[index + 1].strip():
        return None
    path, lineno, colno = match["path"], match["lineno"], match["colno"]
    first = lines[index + 1].strip()
    if lineno is None and (found := split_place(path)) is not None:
        path, lineno, colno = found[0], str(found[1]), str((found[2] or 1) - 1)
    if not is_source(path) and lineno is None and not _MODULE_ERROR.match(first):
        return None
    end = index + 2
    while end < min(len(lines), index + 2 + _MAX_LINES) and lines[end].strip():
        end += 1
    place = _NUMBERED_PLACE.search(first)
    if place is not None and lineno is None:
        lineno, colno = place["lineno"], place["colno"]
    # webpack counts columns from 0.
    frame = make_frame(path.removeprefix("./"), int(lineno) if lineno else None, int(colno) + 1 if colno else None)
    code = codeframe.read_code_frame(lines, index + 2, end)
    message = first[: place.start()] if place is not None else first
    return _found(match, _with_code(frame, code), index, end, message)


def read_rollup(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure that Rollup prints behind "[!]", or Vite below "error during build:"."""
    if not lines[index].startswith((_ROLLUP_MARK, _VITE_MARK)):
        return None
    start = index + 1 if lines[index].startswith(_VITE_MARK) else index
    if start >= len(lines):
        return None
    match = _ROLLUP.match(lines[start].removeprefix(_ROLLUP_MARK))
    if match is None or match["message"].endswith(("error:", "errors:")):
        # Each of the errors that are announced is read by itself.
        return None
    if match["message"].startswith("There was an error "):
        return None  # Ruby's Bundler begins its errors with the same mark.
    groups = match.groupdict()
    stack = start + 1
    while stack < min(len(lines), start + _MAX_LINES) and read_frame(lines[stack]) is None:
        if file := _ROLLUP_FILE.match(lines[stack]):
            groups = {**groups, **{name: value for name, value in file.groupdict().items() if value is not None}}
        stack += 1
    if groups["path"] is None and is_source(following := lines[min(start + 1, len(lines) - 1)].strip()):
        groups["path"] = following
    end = start + 1
    if stack < len(lines):
        _, end = read_frames(lines, stack, len(lines))
        if end < len(lines) and lines[end].lstrip().startswith("[cause] "):
            _, end = read_frames(lines, end + 1, len(lines))
    frame = None
    if groups["path"] is not None:
        # Rollup counts columns from 0.
        lineno, colno = groups["lineno"], groups["colno"]
        frame = make_frame(groups["path"], int(lineno) if lineno else None, int(colno) + 1 if colno else None)
        frame = _with_rollup_source(lines, start + 1, frame)
    return _found(match, frame, index, end)


def read_vite(lines: Sequence[str], index: int) -> Found | None:
    """Return what Vite's development server says in ``lines[index]``; the file stands within a few lines below."""
    match = _VITE.search(lines[index])
    if match is None:
        return None
    for below in range(index + 1, min(len(lines), index + 1 + _REPORT_LINES)):
        file = _VITE_FILE.match(lines[below])
        if file is None:
            continue
        # Vite counts columns from 0.
        frame = make_frame(file["path"], int(file["lineno"]), int(file["colno"]) + 1)
        stack = below + 1
        while stack < min(len(lines), below + _MAX_LINES) and read_frame(lines[stack]) is None:
            stack += 1
        frame = _with_code(frame, codeframe.read_code_frame(lines, below + 1, stack))
        return _found(match, frame, index, read_frames(lines, stack, len(lines))[1])
    return None


def _with_rollup_source(lines: Sequence[str], start: int, frame: StackFrame) -> StackFrame:
    """Return ``frame`` with the line that Rollup prints as "3: source", with a caret below."""
    number = f"{frame.lineno}:"
    for index in range(start, min(len(lines) - 1, start + _MAX_LINES)):
        column = lines[index].find(number)
        if lines[index].lstrip().startswith(number) and lines[index + 1].strip() == "^":
            column += len(number) + 1
            return with_source(frame, lines[index][column:], lines[index + 1][column:])
    return frame


def _with_code(frame: StackFrame, code: codeframe.CodeFrame | None) -> StackFrame:
    return with_source(frame, code.source, code.marks) if code is not None and code.lineno == frame.lineno else frame


def _found(match: re.Match[str], frame: StackFrame | None, index: int, end: int, message: str | None = None) -> Found:
    groups = match.groupdict()
    is_warning = (groups.get("severity") or "").upper() == "WARNING"
    text = (message if message is not None else match["message"]).strip()
    exception_type = groups.get("code") or ("Build warning" if is_warning else "Build error")
    is_syntax = any(word in exception_type for word in ("PARSE", "Syntax")) or text.startswith(_PARSE_STARTS)
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type=exception_type,
        message=text,
        frames=(frame,) if frame is not None else (),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=language_of(frame.path) if frame is not None else "javascript",
    )
    return Found(((failure, Weight.IGNORED if is_warning else Weight.TEST, index),), end)
