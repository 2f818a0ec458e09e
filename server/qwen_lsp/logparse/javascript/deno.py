"""What Deno refuses to run: modules that are not there, what its type checker says; and failing tests of ``deno test``.

Source of the formats: Deno's cli/util/result.rs and libs/resolver (``ModuleNotFound``); cli/tsc/diagnostics.rs
(``Diagnostic``'s ``Display``); cli/tools/test/reporters/common.rs (``report_summary``). Stacks are like Node's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.errors import parse_error, read_header
from qwen_lsp.logparse.javascript.frames import language_of, read_frame, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.places import is_underline
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind

CHECKED = " [ERROR]: "
_CHECKED = re.compile(r"(?P<type>TS[0-9]{1,6}) \[ERROR\]: (?P<message>\S.*)$")
_REFUSED = re.compile(
    r"error: (?P<message>(?:Module not found|Cannot resolve module|Relative import path|Unable to load|Import )\S*.*)$"
)
_TEST = re.compile(r"(?P<title>\S.*) => \S+:[0-9]{1,9}:[0-9]{1,9}$")
_THROWN = "error: "
_MAX_LINES = 30


def read_error(lines: Sequence[str], index: int) -> Found | None:
    """Return what Deno says at ``index``; source and place stand below it."""
    match = _CHECKED.match(lines[index]) or _REFUSED.match(lines[index])
    if match is None:
        return _read_test(lines, index)
    message = [match["message"].rstrip()]
    source = ""
    for number in range(index + 1, min(len(lines), index + _MAX_LINES)):
        line = lines[number]
        if (frame := read_frame(line)) is not None:
            if source and is_underline(lines[number - 1]):
                frame = with_source(frame, source, lines[number - 1])
            exception_type = match.groupdict().get("type") or "Module error"
            text = "\n".join(message if not source else message[:-1])
            failure = Failure(FailureKind.EXCEPTION, exception_type, text, (frame,), language=language_of(frame.path))
            return Found(((failure, Weight.TEST, index),), number + 1)
        if not line.strip():
            return None
        if is_underline(line):
            source = lines[number - 1]
            continue
        message.append(line.strip())
    return None


def _read_test(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of the test that the line above names with its place."""
    if not index or not lines[index].startswith(_THROWN):
        return None
    test = _TEST.match(lines[index - 1])
    header = read_header(lines[index]) if test is not None else None
    if test is None or header is None or header.prefix != _THROWN:
        return None
    parsed = parse_error(lines, index, len(lines), header)
    return Found(((replace(parsed.failure, test_id=test["title"]), Weight.TEST, index),), parsed.end)
