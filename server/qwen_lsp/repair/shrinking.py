"""The part of a fix that is needed: a model that mends one thing changes others, too.

Of 64 changes of the tuning set's programs that made their commands succeed and had several parts, 37 could do without
some; 4 of these were wrong and are right without them, and none became wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qwen_lsp.fixes import bare_title, check_edits, token_edits
from qwen_lsp.model import CheckedFix, Failure, Region, TextEdit
from qwen_lsp.repair.trial import Trial
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_PARTS = 6
"""Of more the code was written anew, and what is left of it would be a mixture; and each part costs a run."""

_MAX_S = 5.0
"""No run begins later: somebody waits for the fix, and some tests take long."""


async def smallest(fix: CheckedFix, failure: Failure, documents: DocumentSource, trial: Trial) -> CheckedFix:
    """Return what of ``fix``, with which the command succeeds, is needed for that: the words changed, not the line.

    Changes of the same words to the same others stay together: a command seldom comes by all of the places.
    """
    snapshot = documents.read(fix.edits[0].path)
    if snapshot is None or len({edit.path for edit in fix.edits}) > 1:
        return fix
    parts = _parts(fix.edits, snapshot)
    if not 1 < len(parts) <= _MAX_PARTS:
        return fix
    region = _region(fix.edits, snapshot)
    best, untried = fix, list(parts)
    deadline = time.monotonic() + _MAX_S
    while untried and len(parts) > 1 and time.monotonic() < deadline:
        part = untried.pop(0)
        rest = [one for one in parts if one is not part]
        edits = sorted((edit for one in rest for edit in one), key=lambda one: (one.range.start, one.range.end))
        if not await trial.passes(replace(fix, edits=tuple(edits))):
            continue
        smaller = await asyncio.to_thread(
            check_edits, edits, snapshot, region, failure, bare_title(fix), with_tools=False
        )
        if isinstance(smaller, CheckedFix) and not smaller.hides_error:
            best, parts, untried = smaller, rest, rest.copy()
    if best is fix:
        return fix
    checked = await asyncio.to_thread(check_edits, best.edits, snapshot, region, failure, bare_title(fix))
    return checked if isinstance(checked, CheckedFix) else fix


def _parts(edits: Iterable[TextEdit], snapshot: TextSnapshot) -> list[list[TextEdit]]:
    parts: dict[tuple[str, str], list[TextEdit]] = {}
    for edit in edits:
        for replaced, small in token_edits(edit, snapshot):
            parts.setdefault((replaced, small.new_text), []).append(small)
    return list(parts.values())


def _region(edits: Sequence[TextEdit], snapshot: TextSnapshot) -> Region:
    start, end = edits[0].range.start.line, min(edits[-1].range.end.line + 1, len(snapshot.lines))
    return Region("S", snapshot.path, snapshot.version, start, end, snapshot.slice(start, end), "changed by the fix")
