"""What the model is asked about a failure: the code that it leads to, as much of it as the model has room for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qwen_lsp.backend import ChatBackend
from qwen_lsp.context import build_context
from qwen_lsp.messages import say
from qwen_lsp.model import ChatPrompt, Located, Range, Region, Remark, WorkspaceContext
from qwen_lsp.prompting import fix_prompt
from qwen_lsp.repair.drafting import reply_tokens
from qwen_lsp.text import DocumentSource

_MAX_TOKENS = 6000
"""Of a prompt, where the model has room for more: more takes a processor half a minute to read and distracts a small
model. Ordinary code stays far below it, as few lines are shown; minified code and embedded data do not."""

_SURELY_FITS_BYTES = 2000
"""No token is shorter than a byte, and no model that writes code has less room than that and a reply."""


class NothingToAskError(Exception):
    """There is no code that the model could mend; the message says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the code in it; ``left_out`` is what the model had no room for."""

    prompt: ChatPrompt
    context: WorkspaceContext
    left_out: tuple[Region, ...] = ()


async def question_about(
    located: Located,
    roots: Sequence[Path],
    documents: DocumentSource,
    backend: ChatBackend,
    on_wait: Callable[[str], None],
    remark: Remark | None = None,
) -> Question:
    """Return the question about ``located``; what is furthest from the failure is left out first.

    ``remark`` is the mistake that led to it, where that is known.

    Raises:
        NothingToAskError: the code is in a language that is not known, or too long.
        BackendError: there is no server.
    """
    fault = (remark.path, remark.range) if remark is not None else None
    context = await asyncio.to_thread(build_context, located, roots, documents, fault)
    place = located.place
    if place is None or not context.regions:
        name = place[0].name if place is not None else ""
        raise NothingToAskError(say("Fixes are not offered for {file}: its language is not known.", file=name))
    region, *others = context.regions
    left_out: list[Region] = []
    while True:
        prompt = fix_prompt(located, context, roots, remark)
        if sum(len(content.encode()) for _, content in prompt.messages) <= _SURELY_FITS_BYTES:
            break
        count = await backend.count(prompt, on_wait)
        most = _MAX_TOKENS if count.limit is None else min(_MAX_TOKENS, count.limit - reply_tokens(region))
        if count.tokens <= most:
            break
        if context.related:
            left_out.append(context.related[-1])
            context = replace(context, related=context.related[:-1])
        elif context.file is not None:
            left_out.append(context.file)
            context = replace(context, file=None)
        elif others:
            left_out.append(others.pop())
            context = replace(context, regions=(region, *others))
        else:
            raise NothingToAskError(_too_long(place, count.tokens, max(most, 0)))
    return Question(prompt, context, tuple(left_out))


def _too_long(place: tuple[Path, Range], tokens: int, most: int) -> str:
    path, where = place
    return say(
        "Fixes are not offered for {file}: the code around line {line} is too long for the model ({tokens} tokens; "
        "there is room for {most}).",
        file=path.name,
        line=where.start.line + 1,
        tokens=tokens,
        most=most,
    )
