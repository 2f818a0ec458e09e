"""Which of the names that exist somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_LEAST_SIMILAR = 0.7
"""One slip in four letters, two in seven: `OSA` counts a letter too many, missing, wrong, or two exchanged as one."""

_SHORTEST = 3
_MOST_NAMES = 3
_CERTAIN_EDITS = 2


def near(name: str, existing: Iterable[str]) -> list[str]:
    """Return the names of ``existing`` that differ from ``name`` by slips of the fingers, nearest first; 3 at most."""
    choices = dict.fromkeys(one for one in existing if one and one != name)
    if len(name) < _SHORTEST:
        return []
    same = [one for one in choices if one.lower() == name.lower()]
    found = process.extract(
        name, list(choices), scorer=OSA.normalized_similarity, score_cutoff=_LEAST_SIMILAR, limit=_MOST_NAMES
    )
    return list(dict.fromkeys([*same, *(one for one, _, _ in found)]))[:_MOST_NAMES]


def only_near(name: str, existing: Iterable[str]) -> str | None:
    """Return the one name that must have been meant: the only one near ``name``, and very near."""
    found = near(name, existing)
    if len(found) != 1:
        return None
    is_certain = name.lower() == found[0].lower() or OSA.distance(name, found[0]) <= _CERTAIN_EDITS
    return found[0] if is_certain else None


def said(names: Iterable[str]) -> str:
    """Return ``names`` as they are listed in a sentence: "`a`", "`a` or `b`"."""
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
