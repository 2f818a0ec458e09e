"""What ShellCheck finds, in its format for terminals; in that of gcc any reader of places finds it.

Source of the format: shellcheck's src/ShellCheck/Formatter/TTY.hs (``outputForFile``, ``cuteIndent``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.places import with_source
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

_HEADING = re.compile(r"In (?P<path>\S.{0,1000}?) line (?P<lineno>[0-9]{1,9}):$")
_FINDING = re.compile(
    r"(?P<indent> {0,400})(?P<mark>\^-{0,400}\^?) (?P<code>SC[0-9]{4}) \((?P<level>error|warning|info|style)\): "
    r"(?P<message>\S.*)$"
)
# ShellCheck's first thousand codes are those of its parser.
_SYNTAX = "SC1"
_MAX_LINES = 40


def _read_line(lines: Sequence[str], index: int) -> Found | None:
    """Return what is found in the line of a script that "In deploy.sh line 5:" names; its source stands below."""
    heading = _HEADING.match(lines[index].rstrip())
    if heading is None or index + 2 >= len(lines):
        return None
    failures: list[tuple[Failure, Weight, int]] = []
    source, end = lines[index + 1], index + 2
    while end < min(len(lines), index + _MAX_LINES) and (finding := _FINDING.match(lines[end].expandtabs())):
        frame = StackFrame(heading["path"], int(heading["lineno"]) or None, len(finding["indent"]) + 1)
        if source.strip():
            # "^-- " points to a place, "^----^ " underlines.
            marks = finding["indent"] + "^" * len(finding["mark"].rstrip("-"))
            frame = with_source(frame, source.expandtabs(), marks)
        is_error = finding["level"] == "error"
        failure = Failure(
            FailureKind.SYNTAX_ERROR if is_error and finding["code"].startswith(_SYNTAX) else FailureKind.EXCEPTION,
            finding["code"],
            finding["message"].rstrip(),
            (frame,),
            severity=Severity.ERROR if is_error else Severity.WARNING,
            language="bash",
        )
        failures.append((failure, Weight.TEST if is_error else Weight.IGNORED, end))
        end += 1
    return Found(tuple(failures), end) if failures else None


MARKS: Marks = (Mark("\nIn ", r"[^\n]{1,1000} line [0-9]{1,9}:\n"),)
READERS: Readers = (("In ", _read_line),)
