"""One test's block in a unittest report.

Source of the format: CPython Lib/unittest/runner.py (``TextTestResult.printErrorList``), also used by Django.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.python.traceback import read_chain, starts_traceback
from qwen_lsp.model import Failure

# "FAIL: test_x (package.module.Class.test_x)"; before 3.11 the parentheses end at the class. Subtests add "(i=1)".
TITLE = re.compile(r"(?:FAIL|ERROR): (?P<name>[^\s()]+) \((?P<place>[^()\s]+)\)")
RULE = re.compile(r"(?:={60,}|-{60,})\s*$")
# The docstring of a test stands between its title and the rule.
_MAX_TITLE_LINES = 50
_LOADER = "unittest.loader._FailedTest."
_OUTPUT = re.compile(r"(?m)^(?:Stdout|Stderr):$")


@dataclass(frozen=True, slots=True)
class Block:
    """The failure of one test, or None, and the index of the first line after its block."""

    failure: Failure | None
    end: int


def read_block(lines: Sequence[str], title: int) -> Block:
    """Return the failure of the test whose title line, below a rule, is ``lines[title]``."""
    start = title + 1
    limit = min(len(lines), title + _MAX_TITLE_LINES)
    while start < limit and not RULE.match(lines[start]) and not starts_traceback(lines[start]):
        start += 1
    if start >= limit or starts_traceback(lines[start]):
        return Block(None, title + 1)
    end = start + 1
    while end < len(lines) and not RULE.match(lines[end]):
        end += 1
    header = next((index for index in range(start, end) if starts_traceback(lines[index])), None)
    if header is None:
        return Block(None, title + 1)
    failure = read_chain(lines, header, end, is_whole=True).failure
    if failure is None:
        return Block(None, title + 1)
    message = _OUTPUT.split(failure.message, maxsplit=1)[0].strip()
    return Block(replace(failure, message=message, test_id=_test_id(lines[title])), end)


def _test_id(title: str) -> str | None:
    """Return the dotted name that ``python -m unittest`` takes."""
    match = TITLE.match(title)
    if match is None:
        return None
    name, place = match["name"], match["place"]
    if place.startswith(_LOADER):
        return place.removeprefix(_LOADER)
    if name.startswith(("setUp", "tearDown")) or place.endswith("." + name):
        return place
    return f"{place}.{name}"
