"""One failing test in the reports of Node's own runner: "spec", and TAP, which tap and tape print, too.

Source of the formats: Node's lib/internal/test_runner/reporter/spec.js and tap.js; testanything.org, version 14.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.errors import Header, make_failure, parse_error, read_header
from qwen_lsp.logparse.javascript.frames import language_of, make_frame, read_call, split_place
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, StackFrame

_CROSSES = ("\u2716 ", "\u2716\ufe0f ", "\u2717 ", "\u2718 ")
_TODO = "\u26a0 "
_DURATION = re.compile(r" \([0-9.]{1,20}ms\)$")
_LOCATION = re.compile(r"test at (?P<place>\S.*:[0-9]{1,9}:[0-9]{1,9})$")
_NOT_OK = re.compile(r"\s*+not ok [0-9]{1,9}(?: -)? (?P<title>[^#]*+)(?P<directive># (?:TODO|SKIP))?", re.IGNORECASE)
_BLOCK = re.compile(r"[|>][-+0-9]{0,3}$")
_PLAN = re.compile(r"\s+1\.\.[0-9]{1,9}$")
_KEY = re.compile(r"(?P<key>\w+) {0,8}: ?(?P<value>.*)$")
_MAX_LINES = 500


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of the test that a cross marks, in this line or below the place of the test."""
    place = _LOCATION.match(lines[index])
    title_index = index + 1 if place else index
    if title_index + 1 >= len(lines):
        return None
    line = lines[title_index]
    text = line.strip()
    is_expected = text.startswith(_TODO)
    text = text.removesuffix(" # TODO")
    duration = _DURATION.search(text)
    mark = next((mark for mark in (*_CROSSES, _TODO) if text.startswith(mark)), None)
    if mark is None or duration is None:
        return None
    indent = len(line) - len(line.lstrip())
    start = title_index + 1
    stop = start
    while stop < min(len(lines), start + _MAX_LINES) and (
        not lines[stop].strip() or lines[stop].startswith(" " * (indent + 2))
    ):
        stop += 1
    if start == stop or lines[start].strip().startswith(("'", *_CROSSES, "\u2714")):
        # A file or suite of which only a part failed.
        return Found((), start) if place else None
    if is_expected:
        return Found((), stop)
    header = read_header(lines[start])
    if header is None or header.prefix.strip():
        return None
    parsed = parse_error(lines, start, stop, header)
    test = _frame_of(place["place"]) if place else None
    failure = replace(_with_test(parsed.failure, test), test_id=text[len(mark) : duration.start()])
    return Found(((failure, Weight.TEST, index),), parsed.end)


def read_tap(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure whose line begins with "not ok" and whose details stand below it between --- and ``...``."""
    match = _NOT_OK.match(lines[index])
    if match is None or index + 1 >= len(lines) or lines[index + 1].strip() != "---":
        return None
    end = index + 2
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip() != "...":
        end += 1
    details = _read_details(lines[index + 2 : end])
    if match["directive"] or details.get("failureType") == ["subtestsFailed"] or _ends_subtests(lines, index):
        return Found((), end)
    stack_lines = details.get("stack", details.get("at", []))
    message = "\n".join(details.get("error", [])).strip()
    name = "".join(details.get("name", details.get("type", []))) or (
        "AssertionError" if details.get("code") == ["ERR_ASSERTION"] else "Error"
    )
    header = Header(name, message or match["title"].strip())
    thrown = read_header(stack_lines[0]) if stack_lines else None
    if thrown is not None and not message:
        # QUnit: the stack begins with the error, whose frames may stand in the message.
        header = thrown
        stack_lines = stack_lines + [line for line in details.get("message", []) if line.lstrip().startswith("at ")]
    elif not message and "expected" in details and "actual" in details:
        values = (" ".join(line.strip() for line in details[key]) for key in ("expected", "actual"))
        header = Header("AssertionError", "{}\nexpected: {}\nactual: {}".format(header.message, *values))
    stack = [read_call(line.strip().removeprefix("at ")) for line in stack_lines]
    failure = make_failure(header, header.message, [frame for frame in reversed(stack) if frame is not None])
    failure = _with_test(failure, _frame_of("".join(details.get("location", []))))
    return Found(((replace(failure, test_id=match["title"].strip()), Weight.TEST, index),), end)


def _ends_subtests(lines: Sequence[str], index: int) -> bool:
    """Return whether the test at ``index`` has tests of its own, whose plan stands indented right above it."""
    above = next((line for line in reversed(lines[max(0, index - 3) : index]) if line.strip()), "")
    indent = len(lines[index]) - len(lines[index].lstrip())
    return _PLAN.match(above) is not None and len(above) - len(above.lstrip()) > indent


def _read_details(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines of each value in a block of YAML of one level, without quotes and common indentation."""
    details: dict[str, list[str]] = {}
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    current: list[str] = []
    for line in lines:
        key = _KEY.match(line, indent) if not line[:indent].strip() else None
        if key is None:
            current.append(line[indent + 2 :].rstrip())
            continue
        value = key["value"].rstrip()
        current = details[key["key"]] = [] if _BLOCK.match(value) or not value else [_unquote(value)]
    return details


def _unquote(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1].replace('\\"', '"')
    return value


def _frame_of(place: str) -> StackFrame | None:
    found = split_place(place)
    return make_frame(*found) if found is not None else None


def _with_test(failure: Failure, test: StackFrame | None) -> Failure:
    """Return ``failure`` with the place of its test as the outermost frame, where its stack has no own code."""
    if test is None or any(frame.in_app for frame in failure.frames):
        return failure
    return replace(failure, frames=(test, *failure.frames), language=language_of(test.path))
