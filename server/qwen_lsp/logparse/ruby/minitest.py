"""Failing tests of minitest and test-unit.

Source of the formats: minitest lib/minitest.rb (``SummaryReporter#aggregated_results``, ``UnexpectedError#message``);
Rails' railties/lib/rails/test_unit/reporter.rb (``TestUnitReporter#record``: no number, and below it the command that
runs the test alone); test-unit lib/test/unit/ui/console/testrunner.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.ruby.frames import LANGUAGE, make_frame, read_frame, read_frames, with_details
from qwen_lsp.logparse.ruby.stacks import make_failure
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind

_ITEM = re.compile(r"(?P<number> {1,4}[0-9]{1,9}\) )?(?P<what>Failure|Error):$")
_NAMED = re.compile(r"[A-Z][\w:]{0,300}#\S.{0,500}:$")
_RERUN = re.compile(r"(?:\S{0,200}/)?rails test \S")
_FAILURE = re.compile(r"(?P<test>\S.{0,500}?) \[(?P<path>[^\]]{1,1000}?):(?P<lineno>[0-9]{1,9})\]:$")
_TYPED = re.compile(r"\s*(?P<type>[A-Z]\w{0,200}(?:::[A-Z]\w{0,200}){0,20}): ?(?P<message>.*)$")
_SUMMARY = re.compile(r"[0-9]{1,9} (?:runs|tests), [0-9]{1,9} assertions")
_RULE = "=" * 40
_UNIT = re.compile(r"(?P<what>Failure|Error): (?P<test>[^()]{1,500}\([^()]{1,500}\)):?(?P<message>.*)$")
_MARKED_SOURCE = re.compile(r"\s+=> [0-9]{1,9}: (?P<text>.*)$")
_SOURCE = re.compile(r"\s+(?:=> )?[0-9]{1,9}: ")
_MAX_LINES = 300


def read_minitest(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "  1) Failure:" begins, or "Failure:" and the test's name."""
    match = _ITEM.match(lines[index])
    if match is None or index + 1 >= len(lines) or not (match["number"] or _NAMED.match(lines[index + 1])):
        return None
    end = index + 2
    while end < min(len(lines), index + _MAX_LINES) and not _ends_item(lines[end]):
        end += 1
    body = lines[index + 2 : end]
    if match["what"] == "Error":
        failure = _read_error(body)
        test = lines[index + 1].rstrip().removesuffix(":")
    else:
        titled = _FAILURE.match(lines[index + 1])
        if titled is None:
            return None
        test = titled["test"]
        message = "\n".join(line.rstrip() for line in body).strip()
        frame = make_frame(titled["path"], titled["lineno"])
        failure = Failure(FailureKind.ASSERTION, "Assertion", message, (frame,), language=LANGUAGE)
    return Found.one(replace(failure, test_id=test), Weight.TEST, index, end) if failure is not None else None


def _ends_item(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_ITEM, _SUMMARY, _RERUN))


def read_test_unit(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "Failure: test_total(CartTest)" begins, between two rules."""
    match = _UNIT.match(lines[index])
    if match is None or not index or not lines[index - 1].startswith(_RULE):
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].startswith(_RULE):
        end += 1
    body = [match["message"], *lines[index + 1 : end]]
    failure = _read_error(body) if match["what"] == "Error" else _read_assertion(body)
    return Found.one(replace(failure, test_id=match["test"]), Weight.TEST, index, end + 1) if failure else None


def _read_error(body: Sequence[str]) -> Failure | None:
    """Return the exception of "NoMethodError: message" with its details and frames below."""
    start = next((number for number, line in enumerate(body) if line.strip()), None)
    typed = _TYPED.match(body[start]) if start is not None else None
    if start is None or typed is None:
        return None
    first = next(
        (number for number in range(start, len(body)) if read_frame(body[number].strip()) is not None), len(body)
    )
    frames, _ = read_frames(body, first)
    details = body[start + 1 : first]
    message = [typed["message"].rstrip()]
    if frames:
        frame, rest = with_details(frames[-1], details)
        frames, message = (*frames[:-1], frame), [*message, *rest]
    return make_failure(typed["type"], "\n".join(message), frames)


def _read_assertion(body: Sequence[str]) -> Failure:
    """Return the assertion of frames, the source around the innermost one, and then the message."""
    first = next((number for number, line in enumerate(body) if read_frame(line.strip()) is not None), 0)
    frames, end = read_frames(body, first)
    source = next((match["text"].strip() for line in body[end:] if (match := _MARKED_SOURCE.match(line))), None)
    if frames and source:
        frames = (*frames[:-1], replace(frames[-1], source_line=source))
    message = "\n".join(line.rstrip() for line in (*body[:first], *body[end:]) if not _SOURCE.match(line)).strip()
    return Failure(FailureKind.ASSERTION, "Assertion", message, frames, language=LANGUAGE)
