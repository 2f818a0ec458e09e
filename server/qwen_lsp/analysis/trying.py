"""Try fixes with the failed command, and look for others where none of them works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.analysis.asking import Asker
from qwen_lsp.analysis.conclusions import best_first, explained, moved, not_offered, with_problem
from qwen_lsp.analysis.request import Stage
from qwen_lsp.fixes import passing_rerun
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, FailureKind, Rung
from qwen_lsp.repair import (
    Guess,
    NothingToAskError,
    Redrafter,
    Searcher,
    Trial,
    is_doubtful,
    is_expected,
    smallest,
    title_of,
)
from qwen_lsp.rerun import Command


class Trier:
    """Tries the fixes of one failure with ``trial``, which the caller stops; ``asker`` asks for others."""

    def __init__(self, asker: Asker, trial: Trial) -> None:
        self._asker = asker
        self._trial = trial

    async def tried(self, diagnosis: Diagnosis) -> Diagnosis:
        """Return ``diagnosis`` with its fixes tried and, where none makes the command succeed, with others that do.

        Raises:
            BackendError: the model's server failed.
        """
        fixes = []
        for fix in diagnosis.fixes:
            fixes.append(await self._passing(fix) if await self._trial.passes(fix) else fix)
            diagnosis = moved(diagnosis, fix, fixes[-1], self._asker.documents)
        diagnosis = replace(diagnosis, fixes=self._best_first(fixes))
        for step in (self._redrafted, self._searched):
            if not self._is_mended(diagnosis):
                diagnosis = await step(diagnosis)
        return diagnosis

    def _is_mended(self, diagnosis: Diagnosis) -> bool:
        """Return whether there is no need to look further: a fix works, and does not look like a dodge."""
        return any(one.rung >= Rung.RERUN_DOUBTFUL and not one.dodges for one in diagnosis.fixes)

    async def _redrafted(self, diagnosis: Diagnosis) -> Diagnosis:
        """Return ``diagnosis`` with the fixes that more answers of the model make, if any of them works."""
        asker = self._asker
        try:
            question = await asker.question()
        except NothingToAskError:
            return diagnosis
        redrafter = Redrafter(asker.primary, asker.roots, asker.documents, asker.drafter(question), self._trial)
        found = await redrafter.redraft(question.prompt)
        if not found:
            return diagnosis
        mended = [(await self._passing(one.fix), one.cause) for one in found]
        mended.sort(key=lambda one: (one[0].hides_error, -one[0].rung))  # else as they come
        fixes, (best, cause) = [fix for fix, _ in mended], mended[0]
        if best.hides_error or (best.dodges and _works(diagnosis)):
            return replace(diagnosis, fixes=self._best_first((*diagnosis.fixes, *fixes)))
        return self._mended(diagnosis, fixes, cause)

    async def _searched(self, diagnosis: Diagnosis) -> Diagnosis:
        """Return ``diagnosis`` with the fixes that a search finds, if any."""
        asker = self._asker
        searcher = Searcher(asker.primary, asker.roots, asker.documents, asker.backend, self._trial, asker.remark)
        found = await searcher.search(
            lambda tried, of, passing: asker.on_progress(
                Stage.SEARCHING, say("{tried} of {of} tries, {passing} found", tried=tried, of=of, passing=passing)
            )
        )
        if not found:
            works = any(one.rung >= Rung.RERUN_DOUBTFUL for one in diagnosis.fixes)
            return diagnosis if works else with_problem(diagnosis, _not_enough(self._trial.command))
        fixes = [_fix(one, say("Replace by {code}", code=one.new.strip())) for one in found]
        if _works(diagnosis) and is_doubtful(found[0]):
            return replace(diagnosis, fixes=self._best_first((*diagnosis.fixes, *fixes)))
        cause = await asker.why(found[0])
        return self._mended(diagnosis, [_fix(found[0], title_of(cause)), *fixes[1:]], cause)

    def _mended(self, diagnosis: Diagnosis, fixes: Sequence[CheckedFix], cause: str) -> Diagnosis:
        """Return ``diagnosis`` with ``fixes``, which work, before its own; ``cause`` is what the first one mends."""
        diagnosis = replace(
            diagnosis,
            fixes=self._best_first((*fixes, *diagnosis.fixes)),
            problems=tuple(one for one in diagnosis.problems if not one.startswith(not_offered("")[:-1])),
        )
        return explained(diagnosis, fixes[0], cause, None, self._asker.documents)

    async def _passing(self, fix: CheckedFix) -> CheckedFix:
        """Return what is needed of ``fix``, with which the command succeeds, and whether that is in doubt."""
        asker = self._asker
        if asker.remark is not None and fix in asker.remark.fixes:  # a rule's: it is small, and what is meant
            return passing_rerun(replace(fix, dodges=False), is_likely=True)
        failure = asker.primary.failure
        needed = await smallest(fix, failure, asker.documents, self._trial)
        # A syntax error leaves few ways to mend it.
        is_likely = failure.kind is FailureKind.SYNTAX_ERROR or await is_expected(
            needed, asker.backend, asker.documents
        )
        return passing_rerun(needed, is_likely=is_likely)

    def _best_first(self, fixes: Sequence[CheckedFix]) -> tuple[CheckedFix, ...]:
        return best_first(fixes, self._asker.documents)


def _works(diagnosis: Diagnosis) -> bool:
    """Return whether the command succeeds with a fix of ``diagnosis`` that does not just hide the error."""
    return any(one.rung >= Rung.RERUN_DOUBTFUL and not one.hides_error for one in diagnosis.fixes)


def _fix(guess: Guess, title: str) -> CheckedFix:
    return passing_rerun(guess.fix, title, is_likely=not is_doubtful(guess))


def _not_enough(command: Command) -> str:
    return say(
        "No change that was tried makes `{command}` succeed: this log and the code that it leads to may not be enough "
        "to tell. A log of the smallest test or command that fails says more; so does a question about the code you "
        "suspect.",
        command=command.shown,
    )
