"""Which of many lines are tried first.

From the failures of the tuning set (``python -m bench.regions``), where the wrong line stood in the middle of the lines
that may be wrong, it comes in the first third with these rules:

* a line that the stack names comes first: near the crash it is most often the one;
* a line that begins a definition comes last: it is seldom wrong, and wrong ones are hard to fill;
* of the others, the more a line says, the more can be wrong in it, and what it has in common with the message and with
  the failing line tells that it has to do with the failure;
* code that is further from the crash has to say a little more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.model import Located
from qwen_lsp.repair.gaps import LineGap
from qwen_lsp.syntax import language_of
from qwen_lsp.text import DocumentSource

_WORD = re.compile(r"[^\W\d]\w*|\d+")
_MOST_WORDS, _MOST_SHARED = 12, 3
"""A line with more is no more likely wrong."""

_WORDS_PER_REGION = 0.5


def most_suspicious_first(line_gaps: Sequence[LineGap], located: Located, documents: DocumentSource) -> list[LineGap]:
    """Return ``line_gaps``, whose regions come nearest first, in the order in which to try them."""
    named = {(path, where.start.line) for path, where in (one.place for one in located.frames if one.place)}
    failing = set(_WORD.findall(located.failure.message)) | _words_at_crash(located, documents)
    distances = {region: at for at, region in enumerate(dict.fromkeys(gap.region.id for gap in line_gaps))}

    def key(gap: LineGap) -> tuple[bool, bool, float]:
        words = _WORD.findall(gap.old)
        said = min(len(words), _MOST_WORDS) + min(len(failing.intersection(words)), _MOST_SHARED)
        language = language_of(gap.region.path)
        begins = language is not None and language.begins_definition(gap.old.strip())
        distance = distances[gap.region.id] * _WORDS_PER_REGION
        return (gap.region.path, gap.line) not in named, begins, distance - said

    return sorted(line_gaps, key=key)


def _words_at_crash(located: Located, documents: DocumentSource) -> set[str]:
    place = located.place
    snapshot = documents.read(place[0]) if place is not None else None
    if place is None or snapshot is None or place[1].start.line >= len(snapshot.lines):
        return set()
    return set(_WORD.findall(snapshot.line(place[1].start.line)))
