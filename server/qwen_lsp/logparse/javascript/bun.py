"""What Bun prints of an error: source lines, a caret, the error and its stack; ``bun test`` names the test below.

Source of the format: Bun's src/bun.js/VirtualMachine.zig (``printErrorInstance``) and src/cli/test_command.zig.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.javascript.codeframe import attach_source
from qwen_lsp.logparse.javascript.errors import Header, parse_error, read_header
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import FailureKind

_SOURCE = re.compile(r"(?P<lineno>[0-9]{1,9}) \| (?P<source>.*)$")
_ERROR = "error: "
_TEST = re.compile(r"(?:\u2717|\(fail\)) (?P<title>\S.*?)(?: \[[0-9.,]{1,12}[mun\u00b5]?s\])?$")


def read_error(lines: Sequence[str], index: int) -> Found | None:
    """Return the error below the caret at ``index``, which stands below a numbered source line."""
    numbered = _SOURCE.match(lines[index - 1]) if index and index + 1 < len(lines) else None
    if numbered is None or lines[index].strip() != "^":
        return None
    header = read_header(lines[index + 1])
    if header is None or header.prefix:
        if not lines[index + 1].startswith(_ERROR):
            return None
        header = Header("error", lines[index + 1].removeprefix(_ERROR))
    parsed = parse_error(lines, index + 1, len(lines), header)
    if not parsed.failure.frames:
        return None
    column = numbered.start("source")
    failure = attach_source(parsed.failure, None, int(numbered["lineno"]), numbered["source"], lines[index][column:])
    if failure.message.startswith("expect("):
        failure = replace(failure, kind=FailureKind.ASSERTION)
    test = _TEST.match(lines[parsed.end]) if parsed.end < len(lines) else None
    if test is not None:
        return Found(((replace(failure, test_id=test["title"]), Weight.TEST, index + 1),), parsed.end + 1)
    return Found(((failure, Weight.UNCAUGHT, index + 1),), parsed.end)
