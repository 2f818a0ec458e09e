"""One failed example in a report of the standard library's doctest.

Source of the format: CPython Lib/doctest.py (``DocTestRunner.report_failure``, ``report_unexpected_exception``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.python.frames import make_frame
from qwen_lsp.logparse.python.traceback import read_chain, starts_traceback
from qwen_lsp.model import Failure, FailureKind

TITLE = re.compile(r'File "(?P<path>[^"]+)", line (?P<lineno>[0-9]{1,9}|\?), in (?P<name>\S+)\s*$')
RULE = re.compile(r"\*{70}\s*$")
_EXAMPLE = "Failed example:"
_EXCEPTION = "Exception raised:"
_OUTCOMES = ("Expected:", "Expected nothing", "Differences (")
_INDENTATION = "    "
_MAX_LINES = 1_000


def read_block(lines: Sequence[str], title: int) -> tuple[Failure | None, int]:
    """Return the failure of the example whose place is ``lines[title]``, and the index of the first line after it."""
    place = TITLE.match(lines[title])
    if place is None or title + 1 >= len(lines) or lines[title + 1].rstrip() != _EXAMPLE:
        return None, title + 1
    end = title + 2
    while end < min(len(lines), title + _MAX_LINES) and not RULE.match(lines[end]):
        end += 1
    outcome = next(
        (index for index in range(title + 2, end) if lines[index].startswith((*_OUTCOMES, _EXCEPTION))), None
    )
    if outcome is None:
        return None, end
    frame = make_frame(place["path"], place["lineno"], None, [">>> " + lines[title + 2].removeprefix(_INDENTATION)])
    if lines[outcome].startswith(_EXCEPTION):
        inner = [line.removeprefix(_INDENTATION) for line in lines[outcome + 1 : end]]
        raised = (
            read_chain(inner, 0, len(inner), is_whole=True).failure if inner and starts_traceback(inner[0]) else None
        )
        if raised is None:
            return None, end
        return replace(raised, frames=(frame, *raised.frames), test_id=place["name"]), end
    message = "\n".join(line.rstrip() for line in lines[outcome:end]).strip()
    return Failure(FailureKind.ASSERTION, "DocTestFailure", message, (frame,), test_id=place["name"]), end
