"""One failing assertion in AVA's report; what a test threw has a stack like any other.

Source of the format: ava's lib/reporters/default.js (``writeErr``, ``writeFailure``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.errors import Header, make_failure
from qwen_lsp.logparse.javascript.frames import make_frame, plain_path, split_place, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight

_PLACE = re.compile(r"  (?P<path>\S.*\.[cm]?[jt]sx?):(?P<lineno>[0-9]{1,9})$")
_SOURCE = re.compile(r"  {1,6}(?P<lineno>[0-9]{1,9}): (?P<source>.*)$")
FRAME_MARK = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_MAX_LINES = 100


def read_block(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure whose first frame, behind an angle, is at ``index``; its test and place stand above."""
    frame = split_place(plain_path(lines[index].strip().removeprefix(FRAME_MARK).rpartition(" ")[2].strip("()")))
    if not lines[index].startswith("  " + FRAME_MARK) or frame is None or frame[2] is None:
        return None
    floor = max(1, index - _MAX_LINES)
    at = next((number for number in range(index - 1, floor, -1) if _PLACE.match(lines[number])), None)
    place = _PLACE.match(lines[at]) if at is not None else None
    if at is None or place is None or at < 2 or lines[at - 1].strip() or not lines[at - 2].startswith("  "):
        return None
    below = at + 1
    while below < index and not lines[below].strip():
        below += 1
    shown = make_frame(place["path"], int(place["lineno"]), frame[2])
    while below < index and (source := _SOURCE.match(lines[below])):
        if int(source["lineno"]) == shown.lineno:
            # AVA draws a tab as blanks: its columns are not those of what is shown.
            shown = with_source(shown, source["source"], "")
        below += 1
    message = "\n".join(line.strip() for line in lines[below:index] if line.strip())
    failure = make_failure(Header("AssertionError", message), message, (shown,))
    end = index + 1
    while end < len(lines) and lines[end].startswith("  " + FRAME_MARK):
        end += 1
    return Found(((replace(failure, test_id=lines[at - 2].strip()), Weight.TEST, at - 2),), end)
