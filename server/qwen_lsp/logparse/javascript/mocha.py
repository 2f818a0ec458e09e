"""One failing test in the summary of Mocha's reports.

Source of the format: Mocha's lib/reporters/base.js (``Base.list``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.errors import parse_error, read_header, read_weak_header
from qwen_lsp.logparse.javascript.frames import is_source, make_frame
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure

_NUMBER = re.compile(r"  [0-9]{1,6}\) (?P<title>\S.*)$")
_MAX_TITLE_LINES = 20
_MAX_LINES = 400


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of the test whose number stands in ``lines[index]``; its titles end with a colon."""
    match = _NUMBER.match(lines[index])
    if match is None:
        return None
    titles = [match["title"].rstrip()]
    start = index + 1
    while not titles[-1].endswith(":"):
        is_title = start < len(lines) and lines[start].startswith("    ") and len(titles) < _MAX_TITLE_LINES
        if not is_title or _NUMBER.match(lines[start].strip()):
            return None
        titles.append(lines[start].strip())
        start += 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    stop = start
    while stop < min(len(lines), start + _MAX_LINES) and not _NUMBER.match(lines[stop]):
        stop += 1
    if start >= stop or not lines[start].startswith("    "):
        return None
    header = read_header(lines[start])
    is_error = header is not None and not header.prefix.strip()
    if header is None or not is_error:
        header = read_weak_header(lines[start])
    parsed = parse_error(lines, start, stop, header)
    if not is_error and not parsed.failure.frames:
        # An enumeration of anything else looks the same.
        return None
    failure = replace(_with_file(parsed.failure), test_id=" ".join(titles).removesuffix(":"))
    return Found(((failure, Weight.TEST, index),), parsed.end)


def _with_file(failure: Failure) -> Failure:
    """Return ``failure`` with the test's file, which ends the message of a timeout, where the stack has no own code."""
    _, bracket, path = failure.message.removesuffix(")").rpartition(" (")
    if not bracket or not is_source(path) or any(frame.in_app for frame in failure.frames):
        return failure
    return replace(failure, frames=(*failure.frames, make_frame(path, None, None)))
