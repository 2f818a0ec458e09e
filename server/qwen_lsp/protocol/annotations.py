"""Findings as workflow commands of GitHub Actions, which show it at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qwen_lsp.session import Finding
from qwen_lsp.text import TextSnapshot

# GitHub, actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty.
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def annotated(
    findings: Sequence[Finding], problems: Sequence[str], read: Callable[[Path], TextSnapshot | None], root: Path
) -> str:
    """Return one line for each finding, and one for each problem; "" when there is nothing to say.

    Files below ``root`` are named relative to it, as GitHub wants them. ``read`` gives the texts that the
    findings were made from.
    """
    lines = []
    for finding in findings:
        place, snapshot = finding.range, read(finding.path)
        below = finding.path.is_relative_to(root)
        properties = {
            "file": finding.path.relative_to(root).as_posix() if below else str(finding.path),
            "line": str(place.start.line + 1),
            "endLine": str(place.end.line + 1),
            "col": str(place.start.character + 1),
            "endColumn": str(place.end.character + 1),
            "title": f"qwen {finding.code}",
        }
        if snapshot is None or place.start.line != place.end.line:
            # Columns mean something in one line only.
            del properties["col"], properties["endColumn"]
        written = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in properties.items())
        message = finding.message
        if finding.fixes:
            message = "\n".join((message, *(fix.title for fix in finding.fixes)))
        lines.append(f"::{finding.severity.value} {written}::{_escaped(message, _DATA)}\n")
    if not lines:
        lines = [f"::warning title=qwen::{_escaped(problem, _DATA)}\n" for problem in problems]
    return "".join(lines)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
