"""Answers follow-up questions on a diagnosis or on selected text; keeps no state between them."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.context import build_context
from qwen_lsp.fixes import apply_fix
from qwen_lsp.messages import say
from qwen_lsp.model import ChatPrompt, CheckedFix, Completion, Diagnosis
from qwen_lsp.prompting import Role, about_diagnosis, ask_prompt, facts_prompt
from qwen_lsp.text import DocumentSource, split_lines

KEPT_ROUNDS = 3
"""Questions and answers that stay in the prompt word by word."""

_MAX_FACTS = 8
_MAX_FACT_CHARACTERS = 300
"""An answer up to this length is its own summary; of a longer one the model writes one."""

_MAX_ANSWER_TOKENS = 900
_MAX_FACT_TOKENS = 90


class Stage(StrEnum):
    """The stages a user sees while a question is answered."""

    STARTING = "starting the backend"
    ANSWERING = "answering"


ProgressSink = Callable[[Stage, str], None]
"""Called with the stage and its detail: for ``ANSWERING`` the answer's text so far, else words."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What has been said about ``subject``: ``rounds`` word by word, (question, answer), ``facts`` of older ones."""

    role: Role
    subject: str
    facts: tuple[str, ...] = ()
    rounds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's ``text``, the conversation with it, and ``problems``: sentences for the user.

    Without a usable backend the text is empty and the conversation as it was.
    """

    text: str
    conversation: Conversation
    problems: tuple[str, ...] = ()


class Answerer:
    """Asks the model."""

    def __init__(self, documents: DocumentSource, backend: ChatBackend) -> None:
        self._documents = documents
        self._backend = backend

    def about(self, diagnosis: Diagnosis, roots: Sequence[Path]) -> str:
        """Return the subject of a conversation about ``diagnosis``."""
        primary = diagnosis.primary
        if primary is None:
            return ""
        remark = diagnosis.remark
        fault = (remark.path, remark.range) if remark is not None else None
        context = build_context(primary, tuple(roots), self._documents, fault)
        diffs = [self._diff(fix) for fix in diagnosis.fixes]
        return about_diagnosis(diagnosis, (*context.regions, *context.related), diffs, roots)

    async def answer(self, conversation: Conversation, question: str, on_progress: ProgressSink) -> Answer:
        """Return the answer to ``question``. Cancelling the task stops generation on the engine."""
        prompt = ask_prompt(conversation.role, conversation.subject, conversation.facts, conversation.rounds, question)
        leaving = conversation.rounds[: 1 - KEPT_ROUNDS] if len(conversation.rounds) >= KEPT_ROUNDS else ()
        # Beside the answer: the engine reads both in one batch, so that it costs little time.
        summing_up = asyncio.create_task(self._facts(leaving))
        try:
            completion = await self._ask(prompt, _MAX_ANSWER_TOKENS, on_progress)
            facts = await summing_up
        except BackendError as error:
            return Answer("", conversation, (str(error),))
        finally:
            summing_up.cancel()
        text = completion.text.strip()
        after = replace(
            conversation,
            facts=(*conversation.facts, *facts)[-_MAX_FACTS:],
            rounds=(*conversation.rounds[len(leaving) :], (question, text)),
        )
        cut = completion.finish_reason == "length"
        problems = (say("The answer was cut off at its length limit; ask for the rest."),) if cut else ()
        return Answer(text, after, problems)

    async def _ask(self, prompt: ChatPrompt, max_tokens: int, on_progress: ProgressSink) -> Completion:
        return await self._backend.complete(
            prompt,
            max_tokens=max_tokens,
            on_text=lambda text: on_progress(Stage.ANSWERING, text),
            on_wait=lambda words: on_progress(Stage.STARTING, words),
            ends_with_code=False,
        )

    async def _facts(self, rounds: Sequence[tuple[str, str]]) -> list[str]:
        """Return what is left of rounds that leave the prompt; no failure of the model loses more than words."""
        return [await self._fact(question, answer) for question, answer in rounds]

    async def _fact(self, question: str, answer: str) -> str:
        fact = answer
        if len(answer) > _MAX_FACT_CHARACTERS:
            try:
                fact = (await self._ask(facts_prompt(question, answer), _MAX_FACT_TOKENS, lambda *_: None)).text
            except BackendError:
                fact = answer
        words = " ".join(fact.split())
        return words if len(words) <= _MAX_FACT_CHARACTERS else words[:_MAX_FACT_CHARACTERS] + " ..."

    def _diff(self, fix: CheckedFix) -> str:
        lines: list[str] = []
        for snapshot, after in apply_fix(fix, self._documents):
            name = snapshot.path.name
            lines += difflib.unified_diff(snapshot.lines, split_lines(after), f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else line + "\n" for line in lines)
