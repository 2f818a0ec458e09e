"""Mistakes of well-known kinds in the code that a failure leads to.

A review sees them without a model, and hardly ever where none are: of the programs of the tuning set it blames none
once they are mended. So in a program that failed, what it finds is most likely what made it fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.context import candidate_regions
from qwen_lsp.model import FailureKind, Located, Remark, ReviewKind
from qwen_lsp.review import Found, found_in, remark_of
from qwen_lsp.syntax import is_test
from qwen_lsp.text import DocumentSource

_MAX_CHARACTERS = 60_000
"""Of a file: reading a longer one takes longer than anybody should wait for the first words."""


def known_mistake(located: Located, roots: Sequence[Path], documents: DocumentSource) -> Remark | None:
    """Return the mistake that a review finds nearest to ``located``; None where there is none, or the code is broken.

    Tests are not looked at: what they expect is seldom what is wrong.
    """
    if located.failure.kind is FailureKind.SYNTAX_ERROR:
        return None
    found: dict[Path, list[Found]] = {}
    for region in candidate_regions(located, roots, documents):
        snapshot = documents.read(region.path) if not is_test(region.path) else None
        if snapshot is None or len(snapshot.text) > _MAX_CHARACTERS:
            continue
        if region.path not in found:
            found[region.path] = [one for one in found_in(snapshot, with_tools=False) if one.kind is ReviewKind.LOGIC]
        for one in found[region.path]:
            if region.start_line <= one.place.start.line < region.end_line:
                return remark_of(one, snapshot, with_tools=False)
    return None
