"""Findings of sqlfluff.

Source of the format: sqlfluff cli/formatters.py (``format_filename``, ``format_violation``) and cli/commands.py
(format github-annotation-native).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.found import LANGUAGE, STDIN, Found, make_frame
from qwen_lsp.model import Failure, FailureKind, Severity

STARTS = (
    "== [",
    "  == [",
    "L: ",
    "  L: ",
    "==== ",
    "::warning title=SQLFluff,",
    "::error title=SQLFluff,",
    "::notice title=SQLFluff,",
)
_FILE = re.compile(r" *== \[(?P<path>[^\]\n]{1,1000})\] (?:FAIL|PASS|==)")
_VIOLATION = re.compile(
    r" *L: {0,10}(?P<lineno>[0-9]{1,9}) \| P: {0,10}(?P<column>[0-9]{1,9}) "
    r"\| {1,10}(?P<code>\w{1,20}) \| (?P<message>.*)"
)
_GOES_ON = re.compile(r" {10,40}\| (?P<message>.*)")
_ANNOTATION = re.compile(
    r"::(?:warning|error|notice) title=SQLFluff,file=(?P<path>[^,\n]{1,1000}),line=(?P<lineno>[0-9]{1,9}),"
    r"col=(?P<column>[0-9]{1,9})[^:\n]{0,100}::(?P<code>\w{1,20}): (?P<message>.*)"
)
# What keeps the file from being checked at all: it does not parse, cannot be rendered or cannot be split into tokens.
_ERRORS = frozenset({"PRS", "TMP", "LXR"})


class Sqlfluff:
    """Reads findings; the file's name stands above them."""

    def __init__(self) -> None:
        self._path = STDIN
        self._is_first = True

    def read(self, lines: Sequence[str], index: int) -> tuple[Found | None, int]:
        """Return the finding at ``lines[index]``, if any, and the index to go on from (``index``: nothing was read)."""
        line = lines[index]
        if line.startswith("==== "):
            self._path = STDIN
            return None, index
        if file := _FILE.match(line):
            self._path = "<" + file["path"] + ">" if file["path"] == "stdin" else file["path"]
            return None, index + 1
        annotation = _ANNOTATION.match(line)
        match = annotation or _VIOLATION.match(line)
        if match is None:
            return None, index
        message = [match["message"].strip()]
        end = index + 1
        while end < len(lines) and (more := _GOES_ON.match(lines[end])):
            message.append(more["message"].strip())
            end += 1
        code = match["code"]
        is_error = code in _ERRORS
        path = annotation["path"] if annotation else self._path
        failure = Failure(
            FailureKind.SYNTAX_ERROR if is_error else FailureKind.EXCEPTION,
            code,
            " ".join(message),
            (make_frame(path, int(match["lineno"]), column=int(match["column"])),),
            severity=Severity.ERROR if is_error else Severity.WARNING,
            language=LANGUAGE,
        )
        weight = Weight.UNCAUGHT if is_error else Weight.LOGGED if self._is_first else Weight.IGNORED
        self._is_first = self._is_first and is_error
        return Found(failure, weight, end), end
