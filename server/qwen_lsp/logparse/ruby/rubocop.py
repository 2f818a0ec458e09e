"""What RuboCop and Standard find.

Source of the format: rubocop's lib/rubocop/formatter/simple_text_formatter.rb and clang_style_formatter.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.logparse.ruby.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity

LETTERS = "CRWIAEF"
_ERRORS = "EF"
_OFFENSE = re.compile(
    r"(?P<path>[^\s:][^:]{0,1000}):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): (?P<severity>[CRWIAEF]): "
    r"(?:\[[\w ]{1,30}\] )?(?:(?P<cop>[A-Z]\w{1,60}(?:/[A-Z]\w{1,80}){1,4}): )?(?P<message>\S.*)$"
)


def read_offense(lines: Sequence[str], index: int) -> Found | None:
    """Return the offense of a line; its source stands below, with a line of carets."""
    match = _OFFENSE.match(lines[index])
    if match is None:
        return None
    frame = replace(make_frame(match["path"], match["lineno"]), colno=int(match["colno"]) or None)
    end = index + 1
    if end + 1 < len(lines) and is_underline(lines[end + 1]):
        frame = with_source(frame, lines[end], lines[end + 1])
        end += 2
    is_error = match["severity"] in _ERRORS
    failure = Failure(
        FailureKind.SYNTAX_ERROR if match["cop"] == "Lint/Syntax" else FailureKind.EXCEPTION,
        match["cop"] or "RuboCop",
        match["message"].rstrip(),
        (frame,),
        severity=Severity.ERROR if is_error else Severity.WARNING,
        language=LANGUAGE,
    )
    return Found.one(failure, Weight.TEST if is_error else Weight.IGNORED, index, end)
