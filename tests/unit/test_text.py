"""Lines as LSP counts them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_lsp.model import Position, Range
from qwen_lsp.text import TextSnapshot, split_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a\n"]),
        ("a\r\nb\rc\n\nd", ["a\r\n", "b\r", "c\n", "\n", "d"]),
        ("\n\r", ["\n", "\r"]),
        ("a\fb\x0bc\x1cd\x85e\u2028f\u2029g\nh", ["a\fb\x0bc\x1cd\x85e\u2028f\u2029g\n", "h"]),
    ],
)
def test_only_the_three_line_endings_of_lsp_end_a_line(text: str, lines: list[str]) -> None:
    r"""Form feeds, U+2028 and what else ``str.splitlines`` breaks at are ordinary characters."""
    assert split_lines(text) == lines


@given(st.text(alphabet="ab \t\r\n\f\u2028\U0001f600"))
def test_no_character_is_lost(text: str) -> None:
    """The lines put together are the text, and each but the last has exactly one ending."""
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.endswith(("\n", "\r")) for line in lines[:-1])
    assert not any("\n" in line[:-2] or "\r" in line[:-2] for line in lines)


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [("    x = 1  \r\n", 4, 9), ("\tx\n", 1, 2), ("   \n", 0, 0), ("\n", 0, 0), ("\U0001f600", 0, 1)],
)
def test_the_content_of_a_line_leaves_white_space_out(line: str, start: int, end: int) -> None:
    """Characters are code points; a blank line has an empty range."""
    found = TextSnapshot(Path("/a.py"), line).content_range(0)
    assert found.end == Position(0, end)
    assert found.start == Position(0, start) or found.is_empty


def test_a_line_beyond_the_end_is_empty() -> None:
    """A log may name a line that the file no longer has."""
    snapshot = TextSnapshot(Path("/a.py"), "a\n")
    assert (snapshot.line(5), snapshot.line(-1)) == ("", "")
    assert snapshot.content_range(5) == Range(Position(5, 0), Position(5, 0))
