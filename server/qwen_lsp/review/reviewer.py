"""Review a file or a part of it: what rules and tools say, then the model's fixes for what has none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.fixes import check_edits
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Region, Remark, Review
from qwen_lsp.review.found import Found
from qwen_lsp.review.mending import failure_of, mended
from qwen_lsp.review.rules import found_in, is_reviewed
from qwen_lsp.syntax import language_of
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_ASKED = 5
"""Remarks for which the model is asked for a fix: each takes as long as a diagnosis."""


class Stage(StrEnum):
    """The stages a user sees while the model is asked; the words are those of a diagnosis."""

    STARTING = "starting the backend"
    ASKING = "asking the model"
    CHECKING = "checking the fix"


ProgressSink = Callable[[Stage, str], None]
"""Called with the stage and its detail: for ``ASKING`` the reply's text so far, else words or ""."""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """``lines`` are those to review, (first, after the last), 0-based; None for the whole file."""

    path: Path
    lines: tuple[int, int] | None = None


class Reviewer:
    """Makes reviews; holds no state between requests."""

    def __init__(self, documents: DocumentSource, backend: ChatBackend) -> None:
        self._documents = documents
        self._backend = backend

    def check(self, request: ReviewRequest) -> Review:
        """Return what can be said without the model; never raises on a file's text."""
        started = time.perf_counter()
        path = request.path
        snapshot = self._documents.read(path)
        if snapshot is None:
            return Review(path, problems=(say("{file} cannot be read as text.", file=path.name),))
        if not is_reviewed(language_of(path)):
            words = say(
                "{file} is not reviewed: it is neither Python, JavaScript, TypeScript nor SQL by its name.",
                file=path.name,
            )
            return Review(path, problems=(words,))
        first, after = request.lines or (0, len(snapshot.lines))
        found = [one for one in found_in(snapshot) if first <= one.place.start.line < after]
        remarks = tuple(remark_of(one, snapshot) for one in found)
        return Review(path, remarks, total_ms=(time.perf_counter() - started) * 1000)

    async def mend(self, review: Review, on_progress: ProgressSink) -> Review:
        """Return ``review`` with the model's checked fixes for remarks that have none.

        A backend that fails does not raise: ``problems`` says what happened and what to do, ``backend_failed`` is set,
        and what is known is kept. Cancelling the task stops generation on the engine.
        """
        started = time.perf_counter()
        remarks = list(review.remarks)
        asked = [index for index, remark in enumerate(remarks) if not remark.fixes][:_MAX_ASKED]
        try:
            for index in asked:
                remarks[index] = await mended(
                    remarks[index],
                    self._documents,
                    self._backend,
                    on_text=lambda text: on_progress(Stage.ASKING, text),
                    on_wait=lambda words: on_progress(Stage.STARTING, words),
                    on_checking=lambda: on_progress(Stage.CHECKING, ""),
                )
        except BackendError as error:
            review = replace(review, problems=(*review.problems, str(error)), backend_failed=True)
        total_ms = (review.total_ms or 0) + (time.perf_counter() - started) * 1000
        return replace(review, remarks=tuple(remarks), total_ms=total_ms)


def remark_of(found: Found, snapshot: TextSnapshot, *, with_tools: bool = True) -> Remark:
    """Return what was found in ``snapshot`` with its own fix, where that passes the checks."""
    fixes: tuple[CheckedFix, ...] = ()
    if found.change is not None:
        edits = sorted(found.change.edits, key=lambda one: one.range.start)
        whole = Region("file", snapshot.path, snapshot.version, 0, len(snapshot.lines), snapshot.text, "under review")
        failure = failure_of(found.kind, found.message)
        fix = check_edits(edits, snapshot, whole, failure, found.change.title, with_tools=with_tools)
        fixes = (fix,) if isinstance(fix, CheckedFix) else ()
    return Remark(snapshot.path, found.place, found.kind, found.rule, found.message, fixes)
