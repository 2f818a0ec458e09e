"""Syntax trees in terms of our own lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.syntax import DefinitionKind, language_of, parse
from qwen_lsp.syntax.languages import PYTHON


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("a.py", True),
        ("a.PY", True),
        ("a.pyi", True),
        ("a.pyw", True),
        ("py", False),
        ("a.py.txt", False),
        ("a.js", True),
        ("a.tsx", True),
        ("a.SQL", True),
        ("a.txt", False),
    ],
)
def test_the_language_follows_from_the_extension(name: str, *, is_known: bool) -> None:
    """Other files have no regions."""
    assert (language_of(Path("/w") / name) is not None) is is_known


TEXT = """\
LIMIT: int = 3
@cache
def outer(a):
    '''\U0001f600'''
    class Inner:
        def method(self):
            pass
    return Inner
async def last():
    pass
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_definitions_have_our_lines(ending: str) -> None:
    """Decorators belong to them, and each line ending of LSP counts once."""
    found = [
        (one.name, one.kind, one.start_line, one.end_line)
        for one in parse(PYTHON, TEXT.replace("\n", ending)).definitions
    ]
    assert found == [
        ("LIMIT", DefinitionKind.VARIABLE, 0, 1),
        ("outer", DefinitionKind.FUNCTION, 1, 8),
        ("Inner", DefinitionKind.CLASS, 4, 7),
        ("method", DefinitionKind.FUNCTION, 5, 7),
        ("last", DefinitionKind.FUNCTION, 8, 10),
    ]


@pytest.mark.parametrize("shift", ["\f", "x = '\u2028'", "x = '\x85\x1c'", "# \U0001f600"])
def test_no_other_character_shifts_a_line(shift: str) -> None:
    """``str.splitlines`` would count more lines."""
    (found, *_) = [one for one in parse(PYTHON, f"{shift}\ndef f():\n    pass\n").definitions if one.name == "f"]
    assert (found.start_line, found.end_line) == (1, 3)


@pytest.mark.parametrize(
    ("line", "name"), [(0, None), (1, "outer"), (4, "outer"), (5, "method"), (7, "outer"), (9, "last"), (99, None)]
)
def test_the_innermost_function_is_the_smallest_around(line: int, name: str | None) -> None:
    """None at module level and beyond the end."""
    function = parse(PYTHON, TEXT).innermost_function(line)
    assert (function.name if function else None) == name


@pytest.mark.parametrize(
    ("text", "has_errors"),
    [
        ("", False),
        ("x = 1\n", False),
        ("type X = int\n", False),
        ("def f(:\n", True),
        ("x = (\n", True),
        ("\ud800", True),
    ],
)
def test_errors_are_counted_not_raised(text: str, *, has_errors: bool) -> None:
    """A text that does not parse has a tree, too."""
    assert (parse(PYTHON, text).error_count > 0) is has_errors


def test_deep_nesting_is_no_danger() -> None:
    """Generated code may nest far beyond Python's recursion limit."""
    tree = parse(PYTHON, "x = " + "(" * 3000 + ")" * 3000)
    assert tree.definitions[0].name == "x"
    assert sum(1 for _ in tree.tokens()) > 3000
