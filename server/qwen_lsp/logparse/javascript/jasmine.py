"""One failing spec in Jasmine's report.

Source of the format: jasmine's lib/reporters/console_reporter.js (``specFailureDetails``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.errors import Header, make_failure, read_header
from qwen_lsp.logparse.javascript.frames import read_frame
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind

MESSAGE, STACK = "  Message:", "  Stack:"
_TITLE = re.compile(r"[0-9]{1,6}\) (?P<title>\S.*)$")
_MAX_LINES = 400


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failures of the spec whose title stands above "Message:" at ``index``; it may have several."""
    title = _TITLE.match(lines[index - 1]) if index else None
    if title is None or lines[index].rstrip() != MESSAGE:
        return None
    failures: list[tuple[Failure, Weight, int]] = []
    start = index
    while start < len(lines) and lines[start].rstrip() == MESSAGE:
        failure, end = _read_one(lines, start)
        failures.append((replace(failure, test_id=title["title"].rstrip()), Weight.TEST, start))
        start = end
    return Found(tuple(failures), start)


def _read_one(lines: Sequence[str], start: int) -> tuple[Failure, int]:
    stop = min(len(lines), start + _MAX_LINES)
    stack = start + 1
    while stack < stop and lines[stack].rstrip() != STACK and lines[stack].startswith("    "):
        stack += 1
    text = "\n".join(line[4:].rstrip() for line in lines[start + 1 : stack]).strip()
    end = stack
    frames = []
    while end < stop and (end == stack or lines[end].startswith("      ")):
        frame = read_frame(lines[end])
        if frame is not None:
            frames.append(frame)
        end += 1
    header = read_header(text.partition("\n")[0])
    if header is not None and not header.prefix:
        _, newline, rest = text.partition("\n")
        return make_failure(header, header.message + newline + rest, frames[::-1]), end
    failure = make_failure(Header("Failure", text), text, frames[::-1])
    return replace(failure, kind=FailureKind.ASSERTION), end
