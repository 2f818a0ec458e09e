"""One failing test in Vitest's report.

Source of the format: Vitest's packages/vitest/src/node/printError.ts and reporters/base.ts (``printErrorsSummary``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript import bundlers, codeframe
from qwen_lsp.logparse.javascript.errors import Header, make_failure, read_header
from qwen_lsp.logparse.javascript.frames import read_arrow_frame
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure

# Two spaces after the word, which Jest's report has in a terminal only.
_TITLE = re.compile(r" ?FAIL  (?P<title>\S.*)$")
_RULE = "\N{HORIZONTAL LINE EXTENSION}" * 4
_UNHANDLED = re.compile(rf"{_RULE}\u23af*+ (?:Unhandled (?:Rejection|Error)|Uncaught Exception) \u23af+")
_MAX_LINES = 1_000


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of the test whose title is ``lines[index]``, or of the first of those that share it."""
    match = _TITLE.match(lines[index])
    if match is None:
        return None
    start = index + 1
    while start < len(lines) and _TITLE.match(lines[start]):
        start += 1
    if start < len(lines) and lines[start].startswith("  "):
        return None  # Jest's tree of tests
    end = _block_end(lines, start)
    return Found(
        tuple(
            (replace(failure, test_id=match["title"].partition(" [ ")[0].rstrip()), Weight.TEST, index)
            for failure in _read(lines, start, end)
        ),
        end,
    )


def read_unhandled(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that no test caught, printed below the rule ``lines[index]``."""
    if not _UNHANDLED.match(lines[index]):
        return None
    end = _block_end(lines, index + 1)
    return Found(tuple((failure, Weight.UNCAUGHT, index) for failure in _read(lines, index + 1, end)), end)


def _block_end(lines: Sequence[str], start: int) -> int:
    end = start
    while end < min(len(lines), start + _MAX_LINES) and not (lines[end].startswith(_RULE) or _TITLE.match(lines[end])):
        end += 1
    return end


def _read(lines: Sequence[str], start: int, end: int) -> list[Failure]:
    while start < end and not lines[start].strip():
        start += 1
    if start == end:
        return []
    reports = [found for index in range(start, end) if (found := bundlers.read_refusal(lines, index)) is not None]
    if reports:
        return [failure for found in reports for failure, _, _ in found.failures]
    caused = next((index for index in range(start + 1, end) if lines[index].startswith("Caused by: ")), end)
    failure = _read_error(lines, start, caused, lines[start])
    if caused < end:
        cause = _read_error(lines, caused, end, lines[caused].removeprefix("Caused by: "))
        return [replace(failure, cause=cause, cause_is_explicit=True)]
    return [failure]


def _read_error(lines: Sequence[str], start: int, end: int, first: str) -> Failure:
    stack = start + 1
    while stack < end and read_arrow_frame(lines[stack]) is None and not codeframe.is_line(lines[stack]):
        stack += 1
    header = read_header(first)
    if header is None or header.prefix.strip():
        header = Header("Error", first.strip())
    frames = [frame for line in lines[stack:end] if (frame := read_arrow_frame(line)) is not None]
    message = "\n".join([header.message, *(line.rstrip() for line in lines[start + 1 : stack])]).strip()
    failure = make_failure(header, message, frames[::-1])
    return codeframe.attach(failure, codeframe.read_code_frame(lines, stack, end))
