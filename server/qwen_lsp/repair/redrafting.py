"""More answers to the question that the first draft answered, each judged by running the failed command with it.

A small model that misses with its likeliest answer often has the right one among a few others: of 32 failures 20 were
mended by the likeliest, 26 by one of five. Answers to one question share its reading and one batch. One after which the
program fails in a new way goes back to the model with that, as one would tell a colleague.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qwen_lsp.backend import BackendError
from qwen_lsp.fixes import apply_fix
from qwen_lsp.logparse import parse_log
from qwen_lsp.model import ChatPrompt, CheckedFix, Located
from qwen_lsp.prompting import again_prompt
from qwen_lsp.repair.drafting import Draft, Drafter
from qwen_lsp.repair.trial import Trial
from qwen_lsp.rerun import Outcome
from qwen_lsp.text import DocumentSource
from qwen_lsp.workspace import locate

_MOST_AGAIN = 2
"""How often an answer goes back: a model that fails in new ways twice goes on to do so."""


@dataclass(frozen=True, slots=True)
class Redraft:
    """An answer with which the command succeeds; ``votes`` answers led to the same program."""

    cause: str
    fix: CheckedFix
    votes: int


class Redrafter:
    """Draws more answers to one question and tries them."""

    def __init__(
        self,
        located: Located,
        roots: Sequence[Path],
        documents: DocumentSource,
        drafter: Drafter,
        trial: Trial,
    ) -> None:
        self._located = located
        self._roots = roots
        self._documents = documents
        self._drafter = drafter
        self._trial = trial

    async def redraft(self, prompt: ChatPrompt) -> tuple[Redraft, ...]:
        """Return the answers with which the command succeeds, each program once, most likely right first.

        Raises:
            BackendError: the model's server failed at all of them.
        """
        drafts = await self._drafter.more(prompt)
        found = await self._passing(drafts)
        for _ in range(_MOST_AGAIN):
            if found:
                break
            question = await self._again(prompt, drafts)
            if question is None:
                break
            try:
                drafts = [await self._drafter.ask(question)]
            except BackendError:  # what is known stays
                break
            found = await self._passing(drafts)
        return found

    async def _passing(self, drafts: Sequence[Draft]) -> tuple[Redraft, ...]:
        fixes = [(one.reply.cause, one.outcome) for one in drafts if isinstance(one.outcome, CheckedFix)]
        verdicts = await asyncio.gather(*(self._trial.passes(fix) for _, fix in fixes))
        votes: dict[tuple[tuple[Path, str], ...], list[Redraft]] = {}
        for cause, fix in itertools.compress(fixes, verdicts):
            program = tuple((one.path, text) for one, text in apply_fix(fix, self._documents))
            votes.setdefault(program, []).append(Redraft(cause, fix, 1))
        return tuple(sorted((replace(one[0], votes=len(one)) for one in votes.values()), key=_rank))

    async def _again(self, prompt: ChatPrompt, drafts: Sequence[Draft]) -> ChatPrompt | None:
        """Return the question about the first of ``drafts`` after which the program fails in a new way, if any."""
        for draft in drafts:
            outcome = await self._trial.outcome(draft.outcome) if isinstance(draft.outcome, CheckedFix) else None
            failure = self._new_failure(outcome) if outcome is not None else None
            if failure is not None:
                return again_prompt(prompt, draft.completion.text, failure, self._roots)
        return None

    def _new_failure(self, outcome: Outcome) -> Located | None:
        """Return the failure that ``outcome`` reports, unless it is the one at hand."""
        found = locate(parse_log(outcome.output), self._roots, self._documents, self._trial.command.cwd)
        primary = next((one for one in found if one.failure.primary), None)
        if primary is None:
            return None
        before, after = self._located.failure, primary.failure
        is_same = (before.exception_type, before.message) == (after.exception_type, after.message)
        return None if is_same else primary


def _rank(redraft: Redraft) -> tuple[bool, bool, int, int]:
    """Return the sort key, best first: honest, no dodge, agreed on, small."""
    fix = redraft.fix
    return fix.hides_error, fix.dodges, -redraft.votes, sum(len(edit.new_text) for edit in fix.edits)
