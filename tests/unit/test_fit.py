"""Fitting what a model wrote into the region it was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qwen_lsp.fixes.fit import fit
from qwen_lsp.model import Region
from qwen_lsp.text import TextSnapshot, split_lines

FILE = '''\
"""Carts."""

import os


class Cart:
    """A cart."""

    def __init__(self):
        self.items = []

    def add(self, item):
        """Add an item.

        ```
        cart.add(1)
        ```
        """
        self.items.append(item)
        total = 0
        for one in self.items:
            total += one

    def clear(self):
        self.items = None


def main():
    cart = Cart()
    cart.add(1)
'''
ADD = (11, 22)  # lines of the method `add`, 0-based, end exclusive
FIXED_ADD = "".join(split_lines(FILE)[slice(*ADD)]) + "        return total\n"
FIXED_FILE = FILE.replace("            total += one\n", "            total += one\n        return total\n")


def _region(text: str, start: int, end: int) -> tuple[Region, TextSnapshot]:
    snapshot = TextSnapshot(Path("/w/cart.py"), text)
    return Region("R1", snapshot.path, None, start, end, snapshot.slice(start, end), "here"), snapshot


def _result(text: str, span: tuple[int, int], code: str) -> tuple[str, list[str]]:
    """Return the whole file with ``code`` fitted in, and the imports set aside."""
    region, snapshot = _region(text, *span)
    fitted = fit(code, region, snapshot)
    return "".join([*snapshot.lines[: span[0]], *fitted.lines, *snapshot.lines[span[1] :]]), fitted.imports


def _dedented(code: str, by: int = 4) -> str:
    return "".join(line[by:] if line.strip() else line for line in split_lines(code))


def _class(text: str) -> str:
    return text[text.index("class Cart") : text.index("def main")]


@pytest.mark.parametrize(
    "code",
    [
        FIXED_ADD,
        _dedented(FIXED_ADD),
        f"\n\n{FIXED_ADD}\n\n",
        FIXED_ADD.rstrip("\n"),
        FIXED_ADD.replace("\n", "\r\n"),
        FIXED_FILE,
        _class(FIXED_FILE),
        _dedented(FIXED_FILE, by=0).replace("import os\n", "import os\nimport sys\n"),
    ],
    ids=["as asked", "dedented", "blank lines", "no newline", "crlf", "whole file", "whole class", "file and import"],
)
def test_a_method_is_found_in_whatever_the_model_wrote(code: str) -> None:
    """A line added at the end of the region is kept, the rest of the file untouched."""
    text, _ = _result(FILE, ADD, code)
    assert text == FIXED_FILE


def test_the_imports_on_top_of_a_function_are_set_aside() -> None:
    """They belong to the top of the file."""
    text, imports = _result(FILE, ADD, f"import sys\nfrom os import path\n\n{FIXED_ADD}")
    assert (text, imports) == (FIXED_FILE, ["import sys", "from os import path"])


def test_an_import_added_to_the_whole_file_is_set_aside() -> None:
    """Also when a docstring stands above it."""
    _, imports = _result(FILE, ADD, FIXED_FILE.replace("import os\n", "import os\nimport sys\n"))
    assert "import sys" in imports


def test_of_two_functions_the_one_that_was_left_out_stays() -> None:
    """Small models answer with only the function that they changed."""
    clear = FILE.index("    def clear"), FILE.index("\n\ndef main")
    fixed = FILE[slice(*clear)].replace("None", "[]")
    text, _ = _result(FILE, (8, 25), fixed)
    assert text == FILE.replace("self.items = None", "self.items = []")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "no newline at end"])
def test_the_file_keeps_its_line_endings(ending: str, *, is_open: bool) -> None:
    """Whatever endings the model writes."""
    last = "    return a\n"
    text, fixed = ("def f(a):\n    b = a\n" + last, "def f(a):\n    b = -a\n" + last)
    if is_open:
        text, fixed = text[:-1], fixed[:-1]
    result, _ = _result(text.replace("\n", ending), (0, 3), fixed + "\n")
    assert result == fixed.replace("\n", ending)


def test_a_file_of_mixed_line_endings_keeps_each() -> None:
    """Only the changed line is the model's."""
    result, _ = _result("a = 1\nb = 2\r\nc = 3\rd = 4\n", (0, 4), "a = 1\nb = 2\nc = 3\nd = 5\n")
    assert result == "a = 1\nb = 2\r\nc = 3\rd = 5\n"


def test_tabs_stay_tabs() -> None:
    """A method indented by a tab, which the model wrote at the margin."""
    result, _ = _result("class A:\n\tdef f(self):\n\t\treturn 1\n", (1, 3), "def f(self):\n\treturn 2\n")
    assert result == "class A:\n\tdef f(self):\n\t\treturn 2\n"


def test_a_text_that_stands_at_the_margin_stays_there() -> None:
    """The lines of a string are its content: no indentation is added to them, nor does it hide the method's own."""
    text = 'class A:\n    def f(self):\n        return """\nfirst\n  second\n""" + 1\n'
    code = 'def f(self):\n    return """\nfirst\n  second\n""" + str(1)\n'
    result, _ = _result(text, (1, 6), code)
    assert result == text.replace("+ 1", "+ str(1)")


def test_form_feeds_and_separators_shift_nothing() -> None:
    """They are characters of their line."""
    text = "a = 1\n\f\ndef f():\n    return '\u2028'\n\n\ndef g():\n    return a\n"
    result, _ = _result(text, (6, 8), "def g():\n    return -a\n")
    assert result == text.replace("return a", "return -a")


@given(
    name=st.sampled_from(["add", "clear", "main", "Cart", "__init__"]),
    line=st.sampled_from([i for i, one in enumerate(FILE.splitlines()) if one.strip()]),
    replacement=st.sampled_from(["pass", "x = 1", "", "return \U0001f600", "# gone"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    margin=st.booleans(),
)
def test_nothing_outside_the_region_changes(
    name: str, line: int, replacement: str, ending: str, *, margin: bool
) -> None:
    """For any one-line change of any definition, written by the model in the region or in the whole file."""
    lines = FILE.splitlines(keepends=True)
    first = next(i for i, one in enumerate(lines) if one.lstrip().startswith((f"def {name}(", f"class {name}:")))
    # A definition whose head has become a comment shows no margin that it could be fitted by.
    assume(not (margin and line == first and replacement.startswith("#")))
    indent = len(lines[first]) - len(lines[first].lstrip())
    end = next(
        (
            i
            for i in range(first + 1, len(lines))
            if lines[i].strip() and len(lines[i]) - len(lines[i].lstrip()) <= indent
        ),
        len(lines),
    )
    while not lines[end - 1].strip():
        end -= 1
    changed = [*lines]
    changed[line] = " " * (len(lines[line]) - len(lines[line].lstrip())) + replacement + "\n"
    text = FILE.replace("\n", ending)
    written = _dedented("".join(changed[first:end]), indent) if margin else "".join(changed)
    result, _ = _result(text, (first, end), written)
    expected = [*lines[:first], *changed[first:end], *lines[end:]]
    if replacement:  # a blank line has no place of its own: the diff may put it elsewhere
        assert [one.rstrip() for one in split_lines(result)] == [one.rstrip() for one in expected]
    assert ending == "\n" or "\n" not in result.replace("\r\n", "")
