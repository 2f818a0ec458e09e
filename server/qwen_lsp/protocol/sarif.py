"""Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for CI systems that show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qwen_lsp import __version__
from qwen_lsp.model import CheckedFix, Position, Range, ReviewKind, Severity
from qwen_lsp.protocol.plain import plain
from qwen_lsp.session import Finding
from qwen_lsp.session.findings import CRASH_SITE, ROOT_CAUSE
from qwen_lsp.text import TextSnapshot

Json = dict[str, Any]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_RULES = {
    CRASH_SITE: "Where the program failed.",
    ROOT_CAUSE: "Where the fault is that made the program fail, as a model explains it.",
    ReviewKind.SYNTAX.value: "What does not parse.",
    ReviewKind.LOGIC.value: "What does something else than it says.",
    ReviewKind.SECURITY.value: "What lets others do what they may not.",
}


def sarif(
    findings: Sequence[Finding],
    problems: Sequence[str],
    read: Callable[[Path], TextSnapshot | None],
    root: Path,
    *,
    backend_failed: bool,
) -> Json:
    """Return the log file as plain JSON values; files below ``root`` are named relative to it.

    Columns count UTF-16 units from 1 (3.14.17, 3.30.6). ``read`` gives the texts that the findings were made from.
    """
    writer = _Writer(read, root)
    notifications = [{"level": "warning", "message": {"text": problem}} for problem in problems]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "qwen-lsp",
                        "semanticVersion": __version__,
                        "rules": [{"id": code, "shortDescription": {"text": words}} for code, words in _RULES.items()],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {_ROOT: {"uri": root.as_uri() + "/"}},
                "invocations": [
                    {
                        "executionSuccessful": not backend_failed,
                        "toolExecutionNotifications": notifications,
                    }
                ],
                "results": [writer.result(finding) for finding in findings],
            }
        ],
    }


class _Writer:
    def __init__(self, read: Callable[[Path], TextSnapshot | None], root: Path) -> None:
        self._read = read
        self._root = root

    def result(self, finding: Finding) -> Json:
        result: Json = {
            "ruleId": finding.code,
            "ruleIndex": list(_RULES).index(finding.code),
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [self._location(finding.path, finding.range)],
        }
        related = [
            {"id": number, **self._location(one.path, one.range), "message": {"text": one.message}}
            for number, one in enumerate(finding.related)
        ]
        if related:
            result["relatedLocations"] = related
        if finding.fixes:
            result["fixes"] = [self._fix(fix) for fix in finding.fixes]
        return result

    def _fix(self, fix: CheckedFix) -> Json:
        changes: dict[Path, list[Json]] = {}
        for edit in fix.edits:
            replacement = {
                "deletedRegion": self._region(edit.path, edit.range),
                "insertedContent": {"text": edit.new_text},
            }
            changes.setdefault(edit.path, []).append(replacement)
        return {
            "description": {"text": plain(fix.title)},
            "artifactChanges": [
                {"artifactLocation": self._artifact(path), "replacements": replacements}
                for path, replacements in changes.items()
            ],
        }

    def _location(self, path: Path, place: Range) -> Json:
        return {"physicalLocation": {"artifactLocation": self._artifact(path), "region": self._region(path, place)}}

    def _artifact(self, path: Path) -> Json:
        if path.is_relative_to(self._root):
            return {"uri": quote(path.relative_to(self._root).as_posix()), "uriBaseId": _ROOT}
        return {"uri": path.as_uri()}

    def _region(self, path: Path, place: Range) -> Json:
        snapshot = self._read(path)

        def column(position: Position) -> int:
            before = "" if snapshot is None else snapshot.line(position.line)[: position.character]
            return len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1

        return {
            "startLine": place.start.line + 1,
            "startColumn": column(place.start),
            "endLine": place.end.line + 1,
            "endColumn": column(place.end),
        }
