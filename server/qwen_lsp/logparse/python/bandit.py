"""What Bandit finds.

Source of the format: bandit's formatters/text.py and screen.py (``_output_issue_str``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.python.frames import make_frame
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity

MARK = ">> Issue: ["
_ISSUE = re.compile(r">> Issue: \[(?P<rule>B[0-9]{3}:[\w-]{1,80})\] (?P<message>\S.*)$")
_PLACE = re.compile(r"   Location: (?P<path>\S.*?):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?$")
_SOURCE = re.compile(r"(?P<lineno>[0-9]{1,9})\t(?P<source>.*)$")
_MAX_LINES = 12


def _read_issue(lines: Sequence[str], index: int) -> Found | None:
    issue = _ISSUE.match(lines[index])
    if issue is None:
        return None
    stop = min(len(lines), index + _MAX_LINES)
    at = next((number for number in range(index + 1, stop) if _PLACE.match(lines[number])), stop)
    place = _PLACE.match(lines[at]) if at < stop else None
    if place is None:
        return None
    end = at + 1
    source: list[str] = []
    while end < len(lines) and (numbered := _SOURCE.match(lines[end])):
        if numbered["lineno"] == place["lineno"]:
            source = [numbered["source"]]
        end += 1
    frame = make_frame(place["path"], place["lineno"], None, source)
    # Bandit counts columns from 0.
    frame = replace(frame, colno=int(place["colno"]) + 1 if place["colno"] else None)
    severity = Severity.WARNING
    failure = Failure(FailureKind.EXCEPTION, issue["rule"], issue["message"], (frame,), severity=severity)
    return Found.one(failure, Weight.TEST_NAMED, index, end)


READERS: Readers = ((MARK, _read_issue),)
