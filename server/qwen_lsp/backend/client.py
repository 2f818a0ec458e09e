"""Ask an OpenAI-compatible server, streaming, with errors that a user can act on."""

from __future__ import annotations

import asyncio
import importlib
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from qwen_lsp.backend.calling import call
from qwen_lsp.backend.counting import count_tokens
from qwen_lsp.backend.endpoint import Endpoint, endpoint_of
from qwen_lsp.backend.errors import BackendError, BackendLostError
from qwen_lsp.backend.infilling import infillings, likelihood
from qwen_lsp.backend.redaction import Redaction, redact
from qwen_lsp.backend.supervisor import Supervisor
from qwen_lsp.messages import say
from qwen_lsp.model import ChatPrompt, Completion, Gap, Infilling, TokenCount
from qwen_lsp.settings import BackendSettings

if TYPE_CHECKING:
    import openai

_PAUSE_BEFORE_RETRY_S = 0.5
"""For a router to notice that a server behind it is gone."""

_MAX_REPLY_CHARACTERS = 200_000
"""A server that ignores max_tokens must not fill our memory."""

_END_OF_BLOCK = "\n```\n"
"""A reply is over once its code block is: small models go on to repeat themselves."""


_Answer = TypeVar("_Answer")


class ChatBackend(Protocol):
    """What the analysis needs of a backend."""

    async def complete(
        self,
        prompt: ChatPrompt,
        *,
        max_tokens: int,
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],
        temperature: float = 0.0,
        ends_with_code: bool = True,
    ) -> Completion:
        """Return the reply to ``prompt``; ``on_text`` gets the text so far after each piece.

        While there is no backend yet ``on_wait`` is told how far it is, if that is known. Where the text so far starts
        again from "", the question is asked (again). With ``ends_with_code`` the reply is over after its code block.

        Cancelling the task closes the connection, which makes vLLM stop generating.

        Raises:
            BackendError: the message says what happened and what to do.
        """
        ...

    async def infill(self, gap: Gap, *, samples: int, temperature: float, max_tokens: int) -> tuple[Infilling, ...]:
        """Return what the model writes into ``gap``, drawn ``samples`` times: each first line, and all that is whole.

        Empty where the model was not trained to fill gaps.

        Raises:
            BackendError: the message says what happened and what to do.
        """
        ...

    async def likelihood(self, gap: Gap, text: str) -> float | None:
        """Return the natural logarithm of how likely the model finds ``text`` in ``gap``.

        None where the model was not trained to fill gaps, or its server does not tell.

        Raises:
            BackendError: the message says what happened and what to do.
        """
        ...

    async def count(self, prompt: ChatPrompt, on_wait: Callable[[str], None]) -> TokenCount:
        """Return the tokens of ``prompt``, by the model's tokenizer where the server tells; for ``on_wait`` see above.

        Raises:
            BackendError: there is no server.
        """
        ...


class OpenAIBackend:
    """A backend that speaks the OpenAI chat completions protocol: the launcher's, or the one that the settings name.

    ``supervisor`` is None where the settings name one. Requests carry a random id of this object as ``X-Session-ID``,
    by which a router can send those of one editor, which share their prompts' beginnings, to one replica. With
    ``redacts`` no secret that is known by its form leaves the process.
    """

    def __init__(self, settings: BackendSettings, *, redacts: bool = True) -> None:
        self.settings = settings
        self._redacts = redacts
        self.supervisor = Supervisor(auto_start=settings.auto_start) if settings.base_url is None else None
        self._session_id = uuid.uuid4().hex

    async def complete(
        self,
        prompt: ChatPrompt,
        *,
        max_tokens: int,
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],
        temperature: float = 0.0,
        ends_with_code: bool = True,
    ) -> Completion:
        """Return the reply to ``prompt``; see ``ChatBackend.complete``.

        A backend that is lost is asked once more: the launcher's supervisor starts another one, and a router sends the
        question to another server. The connection may break in the middle of an answer, which a router cannot mend.
        """
        redaction = self._redacted(prompt)
        started = time.perf_counter()

        async def ask(client: openai.AsyncOpenAI, model: str) -> Completion:
            return await _stream(
                client,
                model,
                redaction.prompt,
                max_tokens,
                temperature,
                [_END_OF_BLOCK] if ends_with_code else [],
                on_text=lambda text: on_text(redaction.restored(text)),
                started=started,
            )

        completion = await self._use(ask, on_wait, before=lambda: on_text(""))
        return replace(completion, text=redaction.restored(completion.text))

    async def infill(self, gap: Gap, *, samples: int, temperature: float, max_tokens: int) -> tuple[Infilling, ...]:
        """Return what the model writes into ``gap``; see ``ChatBackend.infill``."""
        redaction = self._redacted(ChatPrompt((("before", gap.before), ("after", gap.after)), "infill", 1))
        (_, before), (_, after) = redaction.prompt.messages

        async def ask(client: openai.AsyncOpenAI, model: str) -> tuple[Infilling, ...]:
            return await infillings(client, model, Gap(before, after), samples, temperature, max_tokens)

        written = await self._use(ask, lambda _words: None)
        return tuple(replace(one, text=redaction.restored(one.text)) for one in written)

    async def likelihood(self, gap: Gap, text: str) -> float | None:
        """Return how likely the model finds ``text`` in ``gap``; see ``ChatBackend.likelihood``."""
        parts = (("before", gap.before), ("after", gap.after), ("text", text))
        (_, before), (_, after), (_, shown) = self._redacted(ChatPrompt(parts, "likelihood", 1)).prompt.messages
        return await self._use(
            lambda client, model: likelihood(client, model, Gap(before, after), shown), lambda _words: None
        )

    async def count(self, prompt: ChatPrompt, on_wait: Callable[[str], None]) -> TokenCount:
        """Return the tokens of ``prompt``; see ``ChatBackend.count``."""
        shown = self._redacted(prompt).prompt
        return await self._use(lambda client, model: count_tokens(client, model, shown), on_wait)

    def _redacted(self, prompt: ChatPrompt) -> Redaction:
        return redact(prompt) if self._redacts else Redaction(prompt, {})

    async def _use(
        self,
        action: Callable[[openai.AsyncOpenAI, str], Awaitable[_Answer]],
        on_wait: Callable[[str], None],
        before: Callable[[], None] = lambda: None,
    ) -> _Answer:
        """Return what ``action`` makes of the backend; one that is lost is asked once more, after ``before``."""
        # Importing openai takes about a second: off the event loop, and not before the first question.
        await asyncio.to_thread(importlib.import_module, "openai")

        async def once(endpoint: Endpoint) -> _Answer:
            before()
            return await call(
                endpoint,
                action,
                timeout_s=self.settings.timeout_s,
                session_id=self._session_id,
                is_launchers=self.supervisor is not None,
            )

        if self.supervisor is None:
            endpoint = endpoint_of(self.settings)
            with suppress(BackendLostError):
                return await once(endpoint)
            await asyncio.sleep(_PAUSE_BEFORE_RETRY_S)
            return await once(endpoint)
        with suppress(BackendLostError):
            async with self.supervisor.use(on_wait) as lent:
                try:
                    return await once(endpoint_of(self.settings, lent))
                except BackendLostError:
                    await self.supervisor.until_loss_noticed()
                    raise
        async with self.supervisor.use(on_wait) as lent:
            return await once(endpoint_of(self.settings, lent))


async def _stream(
    client: openai.AsyncOpenAI,
    model: str,
    prompt: ChatPrompt,
    max_tokens: int,
    temperature: float,
    stop: list[str],
    *,
    on_text: Callable[[str], None],
    started: float,
) -> Completion:
    messages: Any = [{"role": role, "content": content} for role, content in prompt.messages]
    stream = await client.chat.completions.create(
        model=model,
        messages=messages,
        max_tokens=max_tokens,
        temperature=temperature,
        stop=stop,
        stream=True,
        stream_options={"include_usage": True},
    )
    text, finish_reason, usage, first_token_ms = "", "", None, None
    async with stream:
        async for chunk in stream:
            usage = chunk.usage or usage
            if not chunk.choices:
                continue
            finish_reason = chunk.choices[0].finish_reason or finish_reason
            piece = chunk.choices[0].delta.content
            if piece:
                if first_token_ms is None:
                    first_token_ms = (time.perf_counter() - started) * 1000
                text += piece
                on_text(text)
            if len(text) > _MAX_REPLY_CHARACTERS:
                finish_reason = "length"
                break
    if not text:
        raise BackendError(
            say(
                "The server at {url} ended its answer without any text. Check that the address is that of an "
                "OpenAI-compatible server (it usually ends in /v1).",
                url=client.base_url,
            )
        )
    return Completion(
        text=text,
        finish_reason=finish_reason or "disconnected",
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
        first_token_ms=first_token_ms,
    )
