"""Put back what a reply merely did not repeat, and drop what it repeats from around the region.

Asked for a region of several definitions, a small model often writes only the one that it changed. Lines that are
missing from such a reply were not meant to be deleted. Asked for a part of a file, it may begin with the file's first
lines; these are not meant to stand there twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from qwen_lsp.syntax import Language, outermost_names

_MOST_DELETED_AT_EDGE = 2
_MOST_DELETED_INSIDE = 8
"""Longer runs are taken as not repeated; corrections delete a line or two."""

_DOCSTRING = ('"""', "'''", '"use strict"', "'use strict'")


def restore_omitted(
    old: Sequence[str], new: Sequence[str], outside: Collection[str], language: Language | None
) -> list[str]:
    """Return ``new`` with the lines of ``old`` that it leaves out, without those that it repeats from ``outside``.

    Left out are: functions and classes that ``new`` defines nowhere, docstring and imports at the beginning, and long
    runs. Repeated is what is added at the beginning or end and stands, line by line, in the rest of the file already.
    """
    defined, written_anywhere = _names(new, language), {line.strip() for line in new}
    restored: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        missing, written = old[i1:i2], new[j1:j2]
        at_edge = i1 == 0 or i2 == len(old)
        if tag == "insert" and at_edge and all(line in outside for line in written if line.strip()):
            continue
        is_left_out = (
            tag != "equal"
            and not _code(written, language)
            and not written_anywhere.issuperset(line.strip() for line in _code(missing, language))  # moved
            and (
                bool(_names(missing, language) - defined)
                or _is_long(_code(missing, language), language, at_start=i1 == 0, at_edge=at_edge)
            )
        )
        restored += missing if is_left_out else written
    return restored


def _is_long(missing: Sequence[str], language: Language | None, *, at_start: bool, at_edge: bool) -> bool:
    first = missing[0] if missing else ""
    if at_start and (first.startswith(_DOCSTRING) or (language is not None and language.begins_import(first))):
        return True
    return len(missing) > (_MOST_DELETED_AT_EDGE if at_edge else _MOST_DELETED_INSIDE)


def _code(lines: Sequence[str], language: Language | None) -> list[str]:
    return [line for line in lines if line.strip() and not (language is not None and language.is_comment(line))]


def _names(lines: Sequence[str], language: Language | None) -> set[str]:
    """Return the names of the functions and classes in ``lines``, a piece of a file."""
    return set() if language is None else set(outermost_names("".join(lines), language))
