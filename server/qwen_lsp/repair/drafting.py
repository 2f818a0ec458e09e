"""Ask the model for the cause and for a region written anew, and judge what it answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.fixes import Reply, check_rewrite, parse_reply, target_of
from qwen_lsp.messages import say
from qwen_lsp.model import (
    ChatPrompt,
    CheckedFix,
    Completion,
    Located,
    Region,
    RegionRewrite,
    RejectedFix,
    WorkspaceContext,
)
from qwen_lsp.prompting import retry_prompt
from qwen_lsp.repair.unchanged import Copying
from qwen_lsp.text import DocumentSource

_MAX_TITLE_CHARACTERS = 90
_MIN_REPLY_TOKENS, _MAX_REPLY_TOKENS = 400, 3000
_CHARACTERS_PER_TOKEN = 2.5
"""Code runs at 3 to 4 characters a token; a low figure leaves room for the cause and for indentation."""

_SAMPLES = 4
"""Answers drawn when the first is of no use; they share prompt and batch, so that four cost little more than one."""

_SAMPLING_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True)
class Draft:
    """One reply of the model and what became of its fix."""

    completion: Completion
    reply: Reply
    outcome: CheckedFix | RejectedFix


class Drafter:
    """Asks about one failure; ``on_text`` gets the reply so far, ``on_wait`` how far the backend's start is."""

    def __init__(
        self,
        located: Located,
        context: WorkspaceContext,
        documents: DocumentSource,
        backend: ChatBackend,
        *,
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],
        on_checking: Callable[[], None],
    ) -> None:
        self._located = located
        self._context = context
        self._documents = documents
        self._backend = backend
        self._on_text = on_text
        self._on_wait = on_wait
        self._on_checking = on_checking

    async def draft(self, prompt: ChatPrompt) -> Draft:
        """Return the answer to ``prompt``, or the best of several more when that is of no use.

        These are asked for as soon as it seems that they will be needed.

        Raises:
            BackendError: the model's server failed.
        """
        copying = Copying(self._located, self._context.regions[0])
        others: asyncio.Task[list[Draft]] | None = None

        def on_text(text: str) -> None:
            nonlocal others
            self._on_text(text)
            if others is None and copying.seen_in(text):
                others = asyncio.create_task(self._draw(prompt, lambda _text: None))

        try:
            first = await self._ask(prompt, on_text)
            if not isinstance(first.outcome, RejectedFix) or not first.outcome.can_be_mended:
                return first
            if others is None:
                others = asyncio.create_task(self._draw(_other_question(prompt, first, first.outcome), self._on_text))
            return await self._best(first, others)
        finally:
            if others is not None:
                others.cancel()
                await asyncio.gather(others, return_exceptions=True)

    async def more(self, prompt: ChatPrompt) -> list[Draft]:
        """Return other answers to ``prompt``, drawn at once, without those that the server failed at.

        Raises:
            BackendError: the model's server failed at all of them.
        """
        return await self._draw(prompt, self._on_text)

    async def _draw(self, prompt: ChatPrompt, on_text: Callable[[str], None]) -> list[Draft]:
        outcomes = await asyncio.gather(
            self._ask(prompt, on_text, _SAMPLING_TEMPERATURE),
            *(self._ask(prompt, lambda _text: None, _SAMPLING_TEMPERATURE) for _ in range(_SAMPLES - 1)),
            return_exceptions=True,  # what arrives is used, and none is left running
        )
        drafts, errors = list[Draft](), list[BackendError]()
        for outcome in outcomes:
            if isinstance(outcome, Draft):
                drafts.append(outcome)
            elif isinstance(outcome, BackendError):
                errors.append(outcome)
            else:
                raise outcome
        if not drafts:
            raise errors[0]
        return drafts

    async def ask(self, prompt: ChatPrompt) -> Draft:
        """Return the likeliest answer to ``prompt``.

        Raises:
            BackendError: the model's server failed.
        """
        return await self._ask(prompt, self._on_text)

    async def _ask(self, prompt: ChatPrompt, on_text: Callable[[str], None], temperature: float = 0.0) -> Draft:
        region = self._context.regions[0]
        completion = await self._backend.complete(
            prompt,
            max_tokens=reply_tokens(region),
            on_text=on_text,
            on_wait=self._on_wait,
            temperature=temperature,
        )
        self._on_checking()
        reply = parse_reply(completion.text)
        return Draft(completion, reply, await asyncio.to_thread(self._judge, completion, reply))

    async def _best(self, first: Draft, others: asyncio.Task[list[Draft]]) -> Draft:
        """Return the best of several new answers, or ``first`` when none is of use."""
        try:
            drafts = [first, *await others]
        except BackendError:  # what was said first is better than nothing
            drafts = [first]
        useful = [one for one in drafts if isinstance(one.outcome, CheckedFix)]
        if useful:
            return min(useful, key=lambda one: _rank(one, useful))
        return next((one for one in drafts if one.reply.cause), first)

    def _judge(self, completion: Completion, reply: Reply) -> CheckedFix | RejectedFix:
        if completion.finish_reason == "length":
            return RejectedFix("the reply was cut off at its length limit; write the region once and nothing else")
        if reply.code is None or not reply.code.strip():
            return RejectedFix("the reply has no fenced code block with the corrected region")
        if reply.is_cut and completion.finish_reason != "stop":  # the stop string is the closing fence itself
            return RejectedFix("the code block of the reply was not closed")
        context = self._context
        region = target_of(reply.code, context.regions[0], context.related)
        regions = context.regions if region is context.regions[0] else (region,)
        rewrite = RegionRewrite(region.id, reply.code)
        return check_rewrite(rewrite, regions, self._located.failure, title_of(reply.cause), self._documents)


def _other_question(prompt: ChatPrompt, first: Draft, rejected: RejectedFix) -> ChatPrompt:
    """Return what to ask after ``first``, which was of no use.

    A reply of the wrong form is answered with the reason. One that gives the code back unchanged is not shown to the
    model, which would only repeat it: the question is asked again with other random choices.
    """
    return prompt if rejected.is_unchanged else retry_prompt(prompt, first.completion.text, rejected.reason)


def _rank(draft: Draft, among: Sequence[Draft]) -> tuple[bool, int, int]:
    """Return the sort key of a useful answer, best first: honest, agreed on, small."""
    fix = draft.outcome
    if not isinstance(fix, CheckedFix):
        return True, 0, 0
    agreeing = sum(isinstance(other.outcome, CheckedFix) and other.outcome.edits == fix.edits for other in among)
    return fix.hides_error, -agreeing, sum(len(edit.new_text) for edit in fix.edits)


def reply_tokens(region: Region) -> int:
    """Return how long a reply may be that explains a cause and writes ``region`` anew."""
    return int(min(_MAX_REPLY_TOKENS, _MIN_REPLY_TOKENS + len(region.text) / _CHARACTERS_PER_TOKEN))


def cause_of(text: str) -> str:
    """Return the cause that a reply without code names, else the reply itself."""
    return parse_reply(text).cause or " ".join(text.split())


def title_of(cause: str) -> str:
    """Return the title of a fix for ``cause``: its first sentence."""
    first = re.split(r"\. |。", cause, maxsplit=1)[0].rstrip(".")
    if len(first) > _MAX_TITLE_CHARACTERS:
        first = first[:_MAX_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " ..."
    return say("Fix: {cause}", cause=first) if first else say("Fix with Qwen")
