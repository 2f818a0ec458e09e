"""Cutting the lines around a fault out of a file."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from qwen_lsp.context.regions import MAX_REGION_LINES, import_span, span_around, span_of_broken
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.syntax.languages import PYTHON
from qwen_lsp.text import TextSnapshot
from tests.failures import ROOT

PATH = Path("/w/a.py")


def _around(text: str, line: int) -> tuple[int, int]:
    return span_around(parse(PYTHON, text), TextSnapshot(PATH, text), line)


def _parses(text: str) -> bool:
    try:
        ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return False
    return True


FILLER = "".join(f"v{i} = {i}\n" for i in range(40))
LONG = (
    FILLER
    + "class A:\n    x = 1\n\n    @staticmethod\n    def long(rows):\n        if rows:\n"
    + "".join(f"            a{i} = [\n                {i},\n            ]\n" for i in range(30))
    + "        else:\n"
    + "".join(f"            b{i} = {i}\n" for i in range(70))
    + "        for row in rows:\n"
    + "".join(f"            c{i} = {i}\n" for i in range(70))
    + "        return rows\n\n\ndef after():\n    return 1\n"
)
PROGRAMS = [path for path in sorted(ROOT.glob("*/*.py")) if _parses(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("text", [FILLER + path.read_text(encoding="utf-8") for path in PROGRAMS[::3]] + [LONG])
def test_no_region_begins_or_ends_inside_a_statement(text: str) -> None:
    """For every line of a long program the region holds the line and parses by itself."""
    lines = TextSnapshot(PATH, text).lines
    for line in range(len(lines)):
        start, end = _around(text, line)
        assert start <= line < end, line
        if lines[line].strip() != "else:":  # it has no meaning without its `if`
            assert _parses("".join(lines[start:end])), (line, start, end)
        assert end - start <= MAX_REGION_LINES + 40


def test_a_short_file_is_its_own_region() -> None:
    """Small models do better when they see it all."""
    assert _around("a = 1\n\nb = 2\n", 1) == (0, 3)


def _span(text: str, marked: str) -> str:
    """Return the region for the line that holds ``marked``, in a file that is not short."""
    text = FILLER + "\n\n" + text
    snapshot = TextSnapshot(PATH, text)
    line = next(i for i, one in enumerate(snapshot.lines) if marked in one)
    tree = parse(PYTHON, text)
    span = span_of_broken(tree, snapshot, line) if tree.error_count else span_around(tree, snapshot, line)
    return snapshot.slice(*span)


F = "def f(a):\n    b = a  # here\n    return b\n"


@pytest.mark.parametrize(
    "text",
    [
        F,
        "@cache\n@other(1)\n" + F,
        "async " + F,
        F.replace("\n", "\r\n"),
        F.replace("\n", "\r"),
        F.replace("b = a", "b = '\f\u2028'"),
    ],
)
def test_a_function_is_cut_out_whole(text: str) -> None:
    """With its decorators, whatever the line endings."""
    assert _span(text + "x = 1\n\n\ndef g():\n    pass\n", "# here") == text


def test_the_innermost_function_is_taken() -> None:
    """A nested function begins inside another's block, at a statement."""
    text = "def outer():\n    x = 1\n\n    def inner():\n        return x  # here\n\n    return inner\n"
    assert _span(text, "# here") == "    def inner():\n        return x  # here\n"


@pytest.mark.parametrize(
    ("text", "reported", "needed"),
    [
        ("def f():\n    x = foo(1,\n    y = 2\n    return x\n\n\ndef g():\n    pass\n", "y = 2", "x = foo("),
        ("def f():\n    x = foo(1,\n\n\ndef g():\n    pass\n", "def g", "x = foo("),
        ("def f()\n    return 1\n", "def f()", "return 1"),
        ("def f():\n    if x\n        return 1\n    return 2\n", "if x", "def f"),
        ("def f():\n    x = 1\n      y = 2\n    return x\n", "y = 2", "def f"),
        ("def f():\n    x = '''abc\n    return x\n\n\ndef g():\n    pass\n", "x = '''", "def f"),
        ("def f():\n    return [1\n\n\nx = 1\n", "x = 1", "return [1"),
        ("class A:\n    @property\n    def f(self)\n        return 1\n", "def f", "@property"),
    ],
)
def test_the_region_of_a_syntax_error_holds_the_mistake(text: str, reported: str, needed: str) -> None:
    """Which is often in the lines before the reported one."""
    region = _span(text, reported)
    assert needed in region
    assert reported in region


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("syntax-*/case.toml")))
def test_any_line_of_broken_code_has_a_region(name: str) -> None:
    """The parser may stop anywhere."""
    for path in (ROOT / name).glob("*.py"):
        text = FILLER + path.read_text(encoding="utf-8")
        snapshot = TextSnapshot(path, text)
        language = language_of(path)
        assert language is not None
        for line in range(len(snapshot.lines) + 1):
            start, end = span_of_broken(parse(language, text), snapshot, line)
            assert 0 <= start < end <= len(snapshot.lines) + 1
            assert end - start <= 2 * MAX_REGION_LINES


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("import a\nfrom b import (\n    c,\n)\nx = 1\nimport d\n", (0, 4)),
        ('"""Doc."""\n# why\nfrom __future__ import x\n\nimport a\n\nx = 1\n', (2, 5)),
        ('"""Doc.\n\nmore\n"""\nx = 1\n', (4, 4)),
        ("x = 1\n", (0, 0)),
        ("", (0, 0)),
        ("#!/usr/bin/env python\n\ndef f(): pass\n", (1, 1)),
        ("import a\rimport b\rx = 1\r", (0, 2)),
    ],
)
def test_imports_are_a_region_of_their_own(text: str, span: tuple[int, int]) -> None:
    """Without any it is the empty place where the first would stand."""
    assert import_span(TextSnapshot(PATH, text)) == span
