"""What ESLint reports, in the styles stylish, unix and compact.

Source of the formats: ESLint's lib/cli-engine/formatters (stylish.js, unix.js, compact.js).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript.frames import language_of, make_frame
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity

_ROW = re.compile(r"  +(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})  +(?P<severity>error|warning)  +(?P<message>\S.*)$")
_PATH = r"(?P<path>(?:[A-Za-z]:(?=[\\/]))?[^\s:][^:]*+)"
_UNIX = re.compile(
    _PATH + r":(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): (?P<message>\S.*)"
    r" \[(?P<severity>Error|Warning)(?:/(?P<rule>[^\s\]]+))?\]$"
)
_COMPACT = re.compile(
    _PATH
    + r": line (?P<lineno>[0-9]{1,9}), col (?P<colno>[0-9]{1,9}), (?P<severity>Error|Warning) - (?P<message>\S.*)$"
)
_RULE = re.compile(r"@?[\w-]+(?:/[\w-]+)*")
_PARSING = "Parsing error: "


def read_rows(lines: Sequence[str], index: int) -> Found | None:
    """Return what stylish rows below a file's name say; ``lines[index]`` is the first row."""
    path = lines[index - 1].strip() if index else ""
    if not _ROW.match(lines[index]) or not path or lines[index - 1][:1].isspace() or "." not in path:
        return None
    failures = []
    end = index
    while end < len(lines) and (row := _ROW.match(lines[end])):
        message, gap, rule = row["message"].rstrip().rpartition("  ")
        if not gap or not _RULE.fullmatch(rule):
            message, rule = row["message"].rstrip(), ""
        failures.append((*_judged(row, path, message.rstrip(), rule), end))
        end += 1
    return Found(tuple(failures), end)


def read_line(lines: Sequence[str], index: int) -> Found | None:
    """Return what a line in the style unix or compact says."""
    line = lines[index]
    if line.endswith("]") and (match := _UNIX.match(line)):
        return Found(((*_judged(match, match["path"], match["message"], match["rule"] or ""), index),), index + 1)
    if ", col " in line and (match := _COMPACT.match(line)):
        message, _, rule = match["message"].rstrip().removesuffix(")").rpartition(" (")
        if not message or not _RULE.fullmatch(rule):
            message, rule = match["message"].rstrip(), ""
        return Found(((*_judged(match, match["path"], message, rule), index),), index + 1)
    return None


def _judged(match: re.Match[str], path: str, message: str, rule: str) -> tuple[Failure, Weight]:
    is_warning = match["severity"].lower() == "warning"
    is_syntax = message.startswith(_PARSING)
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type=rule or ("Parsing error" if is_syntax else "ESLint"),
        message=message.removeprefix(_PARSING),
        frames=(make_frame(path, int(match["lineno"]), int(match["colno"])),),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=language_of(path),
    )
    return failure, Weight.IGNORED if is_warning else Weight.TEST
