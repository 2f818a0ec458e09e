"""The edits between two versions of some lines, and their effect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_lsp.fixes import apply_edits
from qwen_lsp.fixes.diff import apply_fix, edits_between, token_edits
from qwen_lsp.model import CheckedFix, Position, Range, Rung, TextEdit
from qwen_lsp.text import TextSnapshot, split_lines

PATH = Path("/w/a.py")

# Few different lines, so that the old and the new text share some; each is code, so that no hunk is left out.
_code_lines = st.lists(
    st.sampled_from(["a", "b", "    a", "\tb", "\fa", "é\u2028b", "\U0001f600 = 1", "x#"]), max_size=8
)


@given(
    parts=st.tuples(_code_lines, _code_lines, _code_lines, _code_lines),
    endings=st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3),
    ends_open=st.booleans(),
)
def test_the_edits_turn_the_old_lines_into_the_new_ones(
    parts: tuple[list[str], ...], endings: list[str], *, ends_open: bool
) -> None:
    """Whatever the line endings and the characters; ascending, not overlapping, and only where the old lines are."""
    before, old, new, after = ([line + endings[i % len(endings)] for i, line in enumerate(part)] for part in parts)
    if ends_open and not after:
        for lines in (old, new):
            lines[-1:] = [line.rstrip("\r\n") for line in lines[-1:]]
    snapshot = TextSnapshot(PATH, "".join([*before, *old, *after]), version=3)
    edits = edits_between(old, new, snapshot, len(before))
    _check_places(edits, snapshot, len(before), len(before) + len(old))
    result, expected = apply_edits(snapshot, edits), "".join([*before, *new, *after])
    smaller = [one for edit in edits for _, one in token_edits(edit, snapshot)]
    _check_places(smaller, snapshot, len(before), len(before) + len(old))
    assert apply_edits(snapshot, smaller) == result
    if len(endings) > 1 or (ends_open and not after):  # a change of nothing but the line's ending is left out
        assert [line.rstrip() for line in split_lines(result)] == [line.rstrip() for line in split_lines(expected)]
    else:
        assert result == expected


def _check_places(edits: Sequence[TextEdit], snapshot: TextSnapshot, first_line: int, end_line: int) -> None:
    places = [position for edit in edits for position in (edit.range.start, edit.range.end)]
    assert places == sorted(places)
    assert all(Position(first_line, 0) <= place <= Position(end_line, 0) for place in places)
    assert all(place.character <= len(snapshot.line(place.line)) for place in places)
    assert all(edit.version == snapshot.version and edit.path == PATH for edit in edits)


def test_each_changed_word_is_an_edit() -> None:
    """With what it replaces; what stands between two changes stays out of both."""
    snapshot = TextSnapshot(PATH, "x = 1\n    return f(a, b)  # ok\n")
    (edit,) = edits_between(["    return f(a, b)  # ok\n"], ["    return f(b, a)  # ok\n"], snapshot, 1)
    assert [
        (replaced, one.range.start.character, one.range.end.character, one.new_text)
        for replaced, one in token_edits(edit, snapshot)
    ] == [("a", 13, 14, "b"), ("b", 16, 17, "a")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb = 3\n", [((1, 4), (1, 5), "3")]),
        ("a = 1\n", "a = 1\nb = 2\n", [((1, 0), (1, 0), "b = 2\n")]),
        ("a = 1\nb = 2\n", "b = 2\n", [((0, 0), (1, 0), "")]),
        ("a = 1", "a = 1\nb = 2", [((0, 5), (0, 5), "\nb = 2")]),
        ("s = '\U0001f600'; a = 1\n", "s = '\U0001f600'; a = 2\n", [((0, 13), (0, 14), "2")]),
        ("a\r\nb\r\n", "c\r\nb\r\n", [((0, 0), (0, 1), "c")]),
        ("", "a\n", [((0, 0), (0, 0), "a\n")]),
        ("a\n", "", [((0, 0), (1, 0), "")]),
        # Comments, blank lines and trailing white space: the user's stay.
        ("# why\na = 1\n", "a = 1\n", []),
        ("a = 1\n\n\nb = 2\n", "a = 1\nb = 2\n", []),
        ("a = 1\n", "# new\na = 1\n", []),
        ("a = 1   \n", "a = 1\n", []),
        ("# why\na = 1\nx\nb = 2\n", "a = 1\nx\nb = 3\n", [((3, 4), (3, 5), "3")]),
        # ... but not where it is the mistake.
        ("a = 1 + \\ \n    2\n", "a = 1 + \\\n    2\n", [((0, 9), (0, 10), "")]),
        ("a = 1  # one\n", "a = 1  # two\n", [((0, 9), (0, 12), "two")]),
    ],
)
def test_an_edit_is_as_small_as_can_be(
    old: str, new: str, expected: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    """Shared ends of a changed line are left out; positions count code points."""
    snapshot = TextSnapshot(PATH, old)
    edits = edits_between(split_lines(old), split_lines(new), snapshot, 0)
    found = [
        ((one.range.start.line, one.range.start.character), (one.range.end.line, one.range.end.character), one.new_text)
        for one in edits
    ]
    assert found == expected


def test_an_insertion_and_a_change_at_one_place_are_both_made() -> None:
    """Imports are added right above the region when nothing separates them."""
    snapshot = TextSnapshot(PATH, "import a\nx = a\n")
    here = Position(1, 0)
    edits = [
        TextEdit(PATH, None, Range(here, here), "import b\n"),
        TextEdit(PATH, None, Range(here, Position(1, 1)), "y"),
    ]
    assert apply_edits(snapshot, edits) == "import a\nimport b\ny = a\n"


class _Files:
    def __init__(self, **texts: str) -> None:
        self._texts = texts

    def read(self, path: Path) -> TextSnapshot | None:
        text = self._texts.get(path.stem)
        return None if text is None else TextSnapshot(path, text)


def test_a_fix_of_several_files_is_applied_to_each() -> None:
    """A file that is gone is left out."""
    edits = tuple(
        TextEdit(Path(f"/w/{name}.py"), None, Range(Position(0, 0), Position(0, 1)), name * 2) for name in "abc"
    )
    changed = apply_fix(CheckedFix("t", edits, Rung.APPLIES), _Files(a="a\n", b="b\n"))
    assert [(snapshot.path.stem, after) for snapshot, after in changed] == [("a", "aa\n"), ("b", "bb\n")]
