"""The smallest edits between old and new lines, and their effect on a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate

from qwen_lsp.model import CheckedFix, Position, Range, TextEdit
from qwen_lsp.syntax import Language, language_of
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def edits_between(old: Sequence[str], new: Sequence[str], snapshot: TextSnapshot, first_line: int) -> list[TextEdit]:
    """Return the edits that turn ``old`` (lines of ``snapshot`` from ``first_line`` on, 0-based) into ``new``.

    Hunks that touch nothing but blank lines and comment lines are left out, and so are comments in front of a change: a
    model drops comments that it was told to keep, and the user's must stay.
    """
    edits = []
    language = language_of(snapshot.path)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal" or _code_only(old[i1:i2], language) == _code_only(new[j1:j2], language):
            continue
        while i1 < i2 and _is_comment(old[i1], language) and not (j1 < j2 and _is_comment(new[j1], language)):
            i1 += 1
        edits.append(_trimmed("".join(old[i1:i2]), "".join(new[j1:j2]), snapshot, first_line + i1))
    return edits


def token_edits(edit: TextEdit, snapshot: TextSnapshot) -> list[tuple[str, TextEdit]]:
    """Return what ``edit`` does to single words and signs, in ascending order, each with the text that it replaces."""
    first = edit.range.start
    margin = snapshot.lines[first.line][: first.character] if first.line < len(snapshot.lines) else ""
    old_text = snapshot.text[slice(*_offsets(edit.range, _line_starts(snapshot)))]
    old, new = _TOKEN.findall(old_text), _TOKEN.findall(edit.new_text)
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            start = len(margin) + len("".join(old[:i1]))
            replaced = "".join(old[i1:i2])
            where = Range(
                _advance(margin + old_text, start, first.line),
                _advance(margin + old_text, start + len(replaced), first.line),
            )
            found.append((replaced, replace(edit, range=where, new_text="".join(new[j1:j2]))))
    return found


def _code_only(lines: Sequence[str], language: Language | None) -> list[str]:
    return [_significant(line) for line in lines if line.strip() and not _is_comment(line, language)]


def _is_comment(line: str, language: Language | None) -> bool:
    return language is not None and language.is_comment(line)


def _significant(line: str) -> str:
    """Return ``line`` without trailing white space, unless that is a mistake: Python allows none after a backslash."""
    bare = line.rstrip()
    return line.rstrip("\r\n") if bare.endswith("\\") else bare


def _trimmed(old: str, new: str, snapshot: TextSnapshot, line: int) -> TextEdit:
    """Return the edit from ``old`` (which begins at ``line``) to ``new`` without the ends that they share."""
    prefix = _common(old, new)
    while any(_halves_line_ending(text, prefix) for text in (old, new)):
        prefix -= 1
    suffix = _common(old[prefix:][::-1], new[prefix:][::-1])
    while any(_halves_line_ending(text, len(text) - suffix) for text in (old, new)):
        suffix -= 1
    start, end = prefix, len(old) - suffix
    return TextEdit(
        path=snapshot.path,
        version=snapshot.version,
        range=Range(_advance(old, start, line), _advance(old, end, line)),
        new_text=new[prefix : len(new) - suffix],
    )


def _halves_line_ending(text: str, offset: int) -> bool:
    """Return whether ``offset`` is between the two characters of a line ending, where no position points."""
    return offset > 0 and text[offset - 1 : offset + 1] == "\r\n"


def _common(one: str, other: str) -> int:
    differing = (i for i, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(differing, min(len(one), len(other)))


def _advance(text: str, offset: int, line: int) -> Position:
    """Return the position ``offset`` code points into ``text``, which begins at the start of ``line``."""
    before = split_lines(text[:offset])
    if not before:
        return Position(line, 0)
    if before[-1].endswith(("\n", "\r")):
        return Position(line + len(before), 0)
    return Position(line + len(before) - 1, len(before[-1]))


def apply_edits(snapshot: TextSnapshot, edits: Sequence[TextEdit]) -> str:
    """Return the text of ``snapshot`` with ``edits`` (of this file, not overlapping) made."""
    starts = _line_starts(snapshot)
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda one: (one.range.start, one.range.end)):
        start, end = _offsets(edit.range, starts)
        pieces += [snapshot.text[done:start], edit.new_text]
        done = end
    return "".join([*pieces, snapshot.text[done:]])


def _line_starts(snapshot: TextSnapshot) -> list[int]:
    return list(accumulate(map(len, snapshot.lines), initial=0))


def _offsets(where: Range, starts: Sequence[int]) -> tuple[int, int]:
    """Return the code points before the ends of ``where``, given those before each line."""
    return starts[where.start.line] + where.start.character, starts[where.end.line] + where.end.character


def apply_fix(fix: CheckedFix, documents: DocumentSource) -> list[tuple[TextSnapshot, str]]:
    """Return each file that ``fix`` changes, as it is now and as it becomes; a file that is gone is left out."""
    changed = []
    for path in dict.fromkeys(edit.path for edit in fix.edits):
        snapshot = documents.read(path)
        if snapshot is not None:
            changed.append((snapshot, apply_edits(snapshot, [edit for edit in fix.edits if edit.path == path])))
    return changed
