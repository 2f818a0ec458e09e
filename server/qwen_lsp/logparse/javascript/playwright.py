"""One failing test in the reports of Playwright Test (list, line, dot, and the summary of html).

Source of the format: Playwright's packages/playwright/src/reporters/base.ts (``formatFailure``, ``formatError``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript import codeframe
from qwen_lsp.logparse.javascript.errors import Header, make_failure, read_frames, read_header
from qwen_lsp.logparse.javascript.frames import make_frame, read_frame, split_place
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_TITLE = re.compile(r"  [0-9]{1,6}\) (?P<title>\S.*)$")
_SEPARATOR = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL} "
_INDENT = "    "
_END = ("Retry #", "attachment #", "Error Context: ", "Call log:")
_MAX_LINES = 1_000


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failures of the test whose number, file and title stand in ``lines[index]``."""
    match = _TITLE.match(lines[index])
    title = match["title"].rstrip(_RULE) if match is not None else ""
    place = _place(title)
    if place is None:
        return None
    start = index + 1
    # The rule behind the title may have been broken by a narrower terminal.
    start += start < len(lines) and not lines[start].strip(_RULE) and bool(lines[start].strip())
    end = start
    while end < min(len(lines), index + _MAX_LINES) and (lines[end].startswith(_INDENT) or not lines[end].strip()):
        end += 1
    failures = _read_attempt(lines, start, end)
    # A test that ran out of time is said to have done so, and then where it waited.
    failures = [one for one in failures if one.frames] or [replace(one, frames=(place,)) for one in failures[:1]]
    return Found(tuple((replace(one, test_id=title), Weight.TEST, index) for one in failures), end)


def _place(title: str) -> StackFrame | None:
    """Return where the test begins whose title is "[project]", "file:line:column" and titles, apart; else None."""
    parts = title.split(_SEPARATOR)
    for part in parts[:2] if len(parts) > 1 else ():
        found = split_place(part)
        if found is not None and found[2] is not None:
            return make_frame(*found)
    return None


def _read_attempt(lines: Sequence[str], start: int, end: int) -> list[Failure]:
    """Return the errors of the test's first attempt; soft assertions let it have several."""
    stop = next((at for at in range(start, end) if lines[at].strip().startswith(_END[0])), end)
    starts = [at for at in range(start, stop) if _begins_error(lines[at])]
    first = next((at for at in range(start, stop) if lines[at].strip()), stop)
    if first == stop:
        return []
    if first not in starts:
        starts.insert(0, first)
    return [_read_error(lines, at, until) for at, until in zip(starts, (*starts[1:], stop), strict=True)]


def _begins_error(line: str) -> bool:
    if not line.startswith(_INDENT) or line[len(_INDENT) : len(_INDENT) + 1].isspace():
        return False
    header = read_header(line)
    return header is not None and not header.prefix.strip()


def _read_error(lines: Sequence[str], start: int, end: int) -> Failure:
    after = start + 1
    while after < end and not _ends_message(lines[after]):
        after += 1
    header = read_header(lines[start])
    if header is None or header.prefix.strip():
        header = Header("Error", lines[start].strip())
    rest = (line.removeprefix(_INDENT).rstrip() for line in lines[start + 1 : after])
    message = "\n".join([header.message, *rest]).strip()
    code = codeframe.read_code_frame(lines, after, end)
    stack = code.end if code is not None else after
    while stack < end and read_frame(lines[stack]) is None:
        stack += 1
    frames, _ = read_frames(lines, stack, end)
    failure = make_failure(header, message, frames)
    if message.startswith("expect(") or " waiting for expect(" in header.message:
        failure = replace(failure, kind=FailureKind.ASSERTION)
    return codeframe.attach(failure, code)


def _ends_message(line: str) -> bool:
    return codeframe.is_line(line) or read_frame(line) is not None or line.strip().startswith(_END)
