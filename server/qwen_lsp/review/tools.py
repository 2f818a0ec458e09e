"""What ruff says, where the user has it: undefined names, wrong formats, blocking calls in coroutines, and more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qwen_lsp.explain.answer import Change
from qwen_lsp.fixes.compiling.tools import run_tool
from qwen_lsp.model import Position, Range, ReviewKind, TextEdit
from qwen_lsp.review.found import LOGIC, SECURITY, Found
from qwen_lsp.text import TextSnapshot

_SELECTED = "F,B,S,PLE,ASYNC"
_IGNORED = (
    # Untidy, and no mistake.
    "F401,F403,F405,F541,F811,F841,F842,B004,B007,B009,B010,B011,B013,B014,B016,B019,B021,B022,B024,B026,B027,B028,B033,B034,B901,B903,B904,B905,B911"
    # Without regard to what is done with the value; our own rules look at that.
    ",B006,B008,B015,B018,B020,B023,B039,S101,S102,S103,S104,S105,S106,S107,S108,S110,S112,S113,S201,S202,S301,S302,S303,S307,S308,S310,S311,S313,S314"
    ",S315,S316,S317,S318,S319,S320,S321,S324,S401,S402,S403,S404,S405,S406,S407,S408,S409,S411,S412,S413,S415,S501,S506,S602,S603,S604"
    ",S605,S606,S607,S608,S609,S610,S611,S701,S702,S704,ASYNC109,ASYNC110,ASYNC116"
)
_ARGUMENTS = (
    "check",
    "--isolated",
    "--no-cache",
    "--quiet",
    "--output-format",
    "json",
    "--select",
    _SELECTED,
    "--ignore",
    _IGNORED,
    "-",
)


def review_with_ruff(snapshot: TextSnapshot) -> Iterator[Found]:
    """Yield what ruff finds in a Python file; nothing where it is not installed, or the file does not parse."""
    result = run_tool("ruff", _ARGUMENTS, snapshot.text)
    try:
        listed = json.loads(result.stdout) if result is not None else []
        yield from (_found(one, snapshot) for one in listed if one["code"] and one["code"] != "invalid-syntax")
    except (ValueError, TypeError, KeyError):
        return


def _found(one: dict[str, Any], snapshot: TextSnapshot) -> Found:
    kind: ReviewKind = SECURITY if one["code"].startswith("S") else LOGIC
    change, fix = None, one.get("fix")
    if fix and fix["applicability"] == "safe":
        edits = tuple(TextEdit(snapshot.path, snapshot.version, _range(each), each["content"]) for each in fix["edits"])
        change = Change(fix["message"] or one["message"], edits)
    return Found(_range(one), kind, f"ruff-{one['code']}", one["message"].rstrip(".") + ".", change)


def _range(one: dict[str, Any]) -> Range:
    """Return the place: ruff counts lines from 1, and characters (code points) from 1."""
    ends = [one["location"], one["end_location"]]
    start, end = (Position(each["row"] - 1, each["column"] - 1) for each in ends)
    return Range(start, end)
