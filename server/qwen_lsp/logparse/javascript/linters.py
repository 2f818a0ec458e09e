"""What ESLint reports, in the styles stylish, unix and compact; stylelint's and svelte-check's reports.

Source of the formats: ESLint's lib/cli-engine/formatters (stylish.js, unix.js, compact.js); stylelint's
lib/formatters/stringFormatter.mjs; svelte-check's src/writers.ts (``HumanFriendlyWriter``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript.frames import is_source, language_of, make_frame, split_place
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity

_ROW = re.compile(
    r"  +(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})  +(?P<severity>error|warning|\u2716|\u26a0)  +(?P<message>\S.*)$"
)
_SEVERITIES = {"\u2716": "error", "\u26a0": "warning", "warn": "warning"}
_SVELTE = re.compile(r"(?P<severity>Error|Warn): (?P<message>\S.*)$")
_SVELTE_SOURCE = re.compile(r"(?P<message>.*) \((?P<rule>ts|js|svelte|css|postcss|scss|less|html)\) *$")
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
# yamllint prints rows like ESLint's, with the rule in parentheses.
_YAML = (".yml", ".yaml")
_YAML_RULE = re.compile(r"(?P<message>\S.*?) {1,2}\((?P<rule>[a-z][\w-]{1,40})\)$")
_STYLES = (".css", ".scss", ".sass", ".less")
_MAX_LINES = 20


def read_rows(lines: Sequence[str], index: int) -> Found | None:
    """Return what stylish rows below a file's name say; ``lines[index]`` is the first row."""
    path = lines[index - 1].strip() if index else ""
    if not _ROW.match(lines[index]) or not path or lines[index - 1][:1].isspace() or "." not in path:
        return None
    failures = []
    end = index
    while end < len(lines) and (row := _ROW.match(lines[end])):
        message, gap, rule = row["message"].rstrip().rpartition("  ")
        if yaml := _YAML_RULE.match(row["message"].rstrip()) if path.endswith(_YAML) else None:
            message, gap, rule = yaml["message"], "  ", yaml["rule"]
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


def read_svelte(lines: Sequence[str], index: int) -> Found | None:
    """Return what svelte-check says in "Error: message (ts)", below the line of its place."""
    match = _SVELTE.match(lines[index])
    place = split_place(lines[index - 1].strip()) if match is not None and index else None
    if match is None or place is None or place[2] is None or not is_source(place[0]):
        return None
    message, end = [match["message"].rstrip()], index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip() and not _SVELTE_SOURCE.match(message[-1]):
        message.append(lines[end].rstrip())
        end += 1
    said = _SVELTE_SOURCE.match(message[-1])
    rule = said["rule"] if said else "svelte-check"
    text = "\n".join([*message[:-1], said["message"] if said else message[-1]])
    is_warning = match["severity"] == "Warn"
    failure = Failure(
        kind=FailureKind.EXCEPTION,
        exception_type=rule,
        message=text,
        frames=(make_frame(*place),),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=language_of(place[0]),
    )
    return Found(((failure, Weight.IGNORED if is_warning else Weight.TEST, index),), end)


def _judged(match: re.Match[str], path: str, message: str, rule: str) -> tuple[Failure, Weight]:
    severity = match["severity"].lower()
    is_warning = _SEVERITIES.get(severity, severity) == "warning"
    is_syntax = message.startswith(_PARSING) or (path.endswith(_YAML) and message.startswith("syntax error"))
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type=rule or ("Parsing error" if is_syntax else "ESLint"),
        message=message.removeprefix(_PARSING),
        frames=(make_frame(path, int(match["lineno"]), int(match["colno"])),),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language="css" if path.endswith(_STYLES) else "yaml" if path.endswith(_YAML) else language_of(path),
    )
    return failure, Weight.IGNORED if is_warning else Weight.TEST
