"""The JSON reports of a diagnosis and of a review: the answers to our requests, and what the command line prints."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from qwen_lsp.model import CheckedFix, Diagnosis, Explanation, Failure, Position, Range, Review
from qwen_lsp.protocol.plain import plain
from qwen_lsp.session import Finding, findings_of, findings_of_review
from qwen_lsp.text import TextSnapshot

Json = dict[str, Any]


def report(
    diagnosis: Diagnosis,
    read: Callable[[Path], TextSnapshot | None],
    units: Callable[[str], int],
    can_try: str | None = None,
) -> Json:
    """Return the report as plain JSON values.

    Frames are as printed in the log, 1-based. Ranges are 0-based; ``units`` counts a line's prefix in the units that
    ``character`` is to be in. ``read`` gives the texts that the diagnosis was made from. ``can_try`` is the command
    line with which the fixes can still be tried.
    """
    writer = _Writer(read, units)
    timing = diagnosis.timing
    return {
        "failures": [
            {**_failure(located.failure), "explanation": _explanation(located.explanation)}
            for located in diagnosis.located
        ],
        "diagnostics": [writer.finding(finding) for finding in findings_of(diagnosis)],
        "fixes": [writer.fix(fix) for fix in diagnosis.fixes],
        "can_try": can_try,
        "problems": list(diagnosis.problems),
        "timing_ms": {
            "parse": timing.parse_ms,
            "locate": timing.locate_ms,
            "first_token": timing.first_token_ms,
            "total": timing.total_ms,
        },
    }


def review_report(review: Review, read: Callable[[Path], TextSnapshot | None], units: Callable[[str], int]) -> Json:
    """Return the report of a review; ``read`` and ``units`` as for ``report``."""
    writer = _Writer(read, units)
    return {
        "diagnostics": [
            {**writer.finding(finding), "rule": remark.rule, "fixes": [writer.fix(fix) for fix in finding.fixes]}
            for finding, remark in zip(findings_of_review(review), review.remarks, strict=True)
        ],
        "problems": list(review.problems),
        "timing_ms": {"total": review.total_ms},
    }


class _Writer:
    def __init__(self, read: Callable[[Path], TextSnapshot | None], units: Callable[[str], int]) -> None:
        self._read = cache(read)
        self._units = units

    def finding(self, finding: Finding) -> Json:
        return {
            **self._place(finding.path, finding.range),
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "related": [{**self._place(one.path, one.range), "message": one.message} for one in finding.related],
        }

    def fix(self, fix: CheckedFix) -> Json:
        return {
            "title": fix.title,
            "label": plain(fix.title),
            "rung": fix.rung.label,
            "edits": [{**self._place(edit.path, edit.range), "newText": edit.new_text} for edit in fix.edits],
        }

    def _place(self, path: Path, span: Range) -> Json:
        snapshot = self._read(path)

        def position(one: Position) -> Json:
            prefix = None if snapshot is None else snapshot.line(one.line)[: one.character]
            return {"line": one.line, "character": one.character if prefix is None else self._units(prefix)}

        return {"path": str(path), "range": {"start": position(span.start), "end": position(span.end)}}


def _explanation(explanation: Explanation | None) -> Json | None:
    if explanation is None:
        return None
    return {
        "text": explanation.text,
        "command": explanation.command,
        "is_environment": explanation.is_environment,
    }


def _failure(failure: Failure) -> Json:
    return {
        "kind": failure.kind.value,
        "exception_type": failure.exception_type,
        "message": failure.message,
        "severity": failure.severity.value,
        "primary": failure.primary,
        "frames": [
            {
                "path": frame.path,
                "lineno": frame.lineno,
                "colno": frame.colno,
                "function": frame.function,
                "in_app": frame.in_app,
            }
            for frame in failure.frames
        ],
        "cause": None if failure.cause is None else _failure(failure.cause),
    }
