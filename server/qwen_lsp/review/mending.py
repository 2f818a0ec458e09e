"""Ask the model for fixes of what the rules found, and believe those with which the rules find nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qwen_lsp.backend import ChatBackend
from qwen_lsp.context.regions import span_around, span_of_broken
from qwen_lsp.fixes import apply_edits
from qwen_lsp.model import CheckedFix, Failure, FailureKind, Located, Region, Remark, ReviewKind, WorkspaceContext
from qwen_lsp.prompting import mend_prompt
from qwen_lsp.repair import Drafter
from qwen_lsp.review.rules import found_in
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot


async def mended(
    remark: Remark,
    documents: DocumentSource,
    backend: ChatBackend,
    *,
    on_text: Callable[[str], None],
    on_wait: Callable[[str], None],
    on_checking: Callable[[], None],
) -> Remark:
    """Return ``remark`` with the model's fix, or as it is where that does not parse, or leaves or makes a mistake.

    Raises:
        BackendError: the model's server failed.
    """
    snapshot = documents.read(remark.path)
    region = None if snapshot is None else _region(remark, snapshot)
    if snapshot is None or region is None:
        return remark
    drafter = Drafter(
        Located(failure_of(remark.kind, remark.message), (), None),
        WorkspaceContext((region,)),
        documents,
        backend,
        on_text=on_text,
        on_wait=on_wait,
        on_checking=on_checking,
    )
    draft = await drafter.draft(mend_prompt(remark, region, (remark.path.parent,)))
    fix = draft.outcome
    if not isinstance(fix, CheckedFix) or fix.hides_error or not _helps(fix, remark, snapshot):
        return remark
    return replace(remark, fixes=(fix,))


def failure_of(kind: ReviewKind, message: str) -> Failure:
    """Return what a review found as the checks of fixes look at it."""
    is_syntax = kind is ReviewKind.SYNTAX
    return Failure(FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION, kind.value, message, ())


def _region(remark: Remark, snapshot: TextSnapshot) -> Region | None:
    language = language_of(remark.path)
    if language is None:
        return None
    tree, line = parse(language, snapshot.text), remark.range.start.line
    spanning = span_of_broken if tree.error_count else span_around
    start, end = spanning(tree, snapshot, line)
    if not start <= line < end:
        return None
    return Region("r1", remark.path, snapshot.version, start, end, snapshot.slice(start, end), "under review")


def _helps(fix: CheckedFix, remark: Remark, snapshot: TextSnapshot) -> bool:
    """Return whether the rules find less with ``fix`` than without, and nothing new."""
    after = TextSnapshot(snapshot.path, apply_edits(snapshot, fix.edits), snapshot.version)
    old = [(one.kind, one.rule) for one in found_in(snapshot)]
    new = [(one.kind, one.rule) for one in found_in(after)]
    mine = (remark.kind, remark.rule)
    return new.count(mine) < old.count(mine) and all(new.count(one) <= old.count(one) for one in new)
