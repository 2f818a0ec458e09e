"""What the model writes into the gaps, as fixes that have been checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.fixes import apply_fix, check_edits, check_rewrite
from qwen_lsp.model import CheckedFix, Failure, Infilling, RegionRewrite
from qwen_lsp.repair.gaps import LineGap
from qwen_lsp.text import DocumentSource, split_lines


@dataclass(frozen=True, slots=True)
class Guess:
    """A fix, what it replaces by what, and the natural logarithm of how likely the model finds it."""

    fix: CheckedFix
    line_gap: LineGap
    new: str
    logprob: float


def guesses_of(
    line_gap: LineGap, written: Sequence[Infilling], failure: Failure, documents: DocumentSource
) -> list[Guess]:
    """Return what of ``written`` changes the program and may work, each once, with its best likelihood.

    The checks that start a tool are left for those with which the command succeeds: it fails with most of them.
    """
    best: dict[str, float] = {}
    for one in written:
        text = one.text.rstrip()
        if text.split() != line_gap.old.split():
            best[text] = max(one.logprob, best.get(text, one.logprob))
    guesses = []
    for text, logprob in best.items():
        rewrite = RegionRewrite(line_gap.region.id, line_gap.filled(text))
        fix = check_rewrite(rewrite, (line_gap.region,), failure, "", documents, with_tools=False)
        if isinstance(fix, CheckedFix):
            guesses.append(Guess(fix, line_gap, line_gap.margin + text, logprob))
    return guesses


def confirmed(guess: Guess, failure: Failure, documents: DocumentSource) -> Guess | None:
    """Return ``guess`` with all checks passed, or None."""
    snapshot = documents.read(guess.line_gap.region.path)
    if snapshot is None:
        return None
    fix = check_edits(guess.fix.edits, snapshot, guess.line_gap.region, failure, "")
    return replace(guess, fix=fix) if isinstance(fix, CheckedFix) else None


def with_fix(guess: Guess, fix: CheckedFix, documents: DocumentSource) -> Guess:
    """Return ``guess`` as ``fix``, another one of the same line."""
    ((snapshot, text),) = apply_fix(fix, documents)
    lines = split_lines(text)
    line = guess.line_gap.line
    new = "".join(lines[line : line + 1 + len(lines) - len(snapshot.lines)])
    return replace(guess, fix=fix, new=new.rstrip("\r\n"))
