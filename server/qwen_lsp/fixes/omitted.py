"""Put back what a reply merely did not repeat, and drop what it repeats from around the region.

Asked for a region of several definitions, a small model often writes only the one that it changed. Lines that are
missing from such a reply were not meant to be deleted. Asked for a part of a file, it may begin with the file's first
lines; these are not meant to stand there twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from qwen_lsp.syntax import Language

_MOST_DELETED_AT_END = 2
_MOST_DELETED_INSIDE = 8
"""Longer runs are taken as not repeated; corrections delete a line or two."""


def restore_omitted(
    old: Sequence[str], new: Sequence[str], outside: Collection[str], language: Language | None
) -> list[str]:
    """Return ``new`` with the lines of ``old`` that it leaves out, without those that it repeats from ``outside``.

    Left out are: anything missing at the beginning, more than two lines missing at the end, definitions, and long runs.
    Repeated is what is added at the beginning or end and stands, line by line, in the rest of the file already.
    """
    keywords = tuple(language.keywords) if language is not None else ()
    restored: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        missing, written = old[i1:i2], new[j1:j2]
        at_edge = i1 == 0 or i2 == len(old)
        if tag == "insert" and at_edge and all(line in outside for line in written if line.strip()):
            continue
        if tag != "equal" and _is_omission(missing, written, keywords, at_start=i1 == 0, at_end=i2 == len(old)):
            restored += missing
        else:
            restored += written
    return restored


def _is_omission(
    missing: Sequence[str], written: Sequence[str], keywords: tuple[str, ...], *, at_start: bool, at_end: bool
) -> bool:
    if any(line.strip() and not line.lstrip().startswith("#") for line in written):
        return False
    code = [line for line in missing if line.strip()]
    if not code:
        return False
    if at_start or any(line.lstrip().split(" ")[0] in keywords or line.lstrip()[0] in keywords for line in code):
        return True
    return len(code) > (_MOST_DELETED_AT_END if at_end else _MOST_DELETED_INSIDE)
