"""Ask an OpenAI-compatible server, streaming, with errors that a user can act on."""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from qwen_lsp.backend.endpoint import Endpoint, endpoint_of
from qwen_lsp.backend.errors import BackendError, BackendLostError
from qwen_lsp.backend.redaction import Redaction, redact
from qwen_lsp.backend.supervisor import Supervisor
from qwen_lsp.messages import say
from qwen_lsp.model import ChatPrompt, Completion
from qwen_lsp.settings import BackendSettings

if TYPE_CHECKING:
    import openai

_CONNECT_TIMEOUT_S = 5.0
_PAUSE_BEFORE_RETRY_S = 0.5
"""For a router to notice that a server behind it is gone."""

_MAX_REPLY_CHARACTERS = 200_000
"""A server that ignores max_tokens must not fill our memory."""

_SERVER_ERROR = 500
"""From this HTTP status up the fault is the server's, not the request's (RFC 9110, section 15.6)."""

_END_OF_BLOCK = "\n```\n"
"""A reply is over once its code block is: small models go on to repeat themselves."""


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
        # Importing openai takes about a second: off the event loop, and not before the first question.
        await asyncio.to_thread(importlib.import_module, "openai")
        ask = functools.partial(
            self._ask,
            redaction=redact(prompt) if self._redacts else Redaction(prompt, {}),
            max_tokens=max_tokens,
            temperature=temperature,
            stop=[_END_OF_BLOCK] if ends_with_code else [],
            on_text=on_text,
        )
        if self.supervisor is None:
            endpoint = endpoint_of(self.settings)
            with suppress(BackendLostError):
                return await ask(endpoint)
            await asyncio.sleep(_PAUSE_BEFORE_RETRY_S)
            return await ask(endpoint)
        with suppress(BackendLostError):
            async with self.supervisor.use(on_wait) as lent:
                try:
                    return await ask(endpoint_of(self.settings, lent))
                except BackendLostError:
                    await self.supervisor.until_loss_noticed()
                    raise
        async with self.supervisor.use(on_wait) as lent:
            return await ask(endpoint_of(self.settings, lent))

    async def _ask(
        self,
        endpoint: Endpoint,
        *,
        redaction: Redaction,
        max_tokens: int,
        temperature: float,
        stop: list[str],
        on_text: Callable[[str], None],
    ) -> Completion:
        import openai

        started = time.perf_counter()
        timeout_s = self.settings.timeout_s
        timeout = openai.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s))
        client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",
            max_retries=0,
            timeout=timeout,
            default_headers={"X-Session-ID": self._session_id},
            # The environment's proxy is for other machines: what goes to this one must not pass through it.
            http_client=openai.DefaultAsyncHttpxClient(
                base_url=endpoint.base_url, timeout=timeout, trust_env=not endpoint.is_this_machine
            ),
        )
        on_text("")
        try:
            async with client:
                model = endpoint.model or await _only_model(client, endpoint)
                completion = await _stream(
                    client,
                    model,
                    redaction.prompt,
                    max_tokens,
                    temperature,
                    stop,
                    on_text=lambda text: on_text(redaction.restored(text)),
                    started=started,
                )
                return replace(completion, text=redaction.restored(completion.text))
        except openai.APITimeoutError as error:
            raise BackendError(
                say(
                    "The model's server at {url} sent nothing for {seconds} s; it may be overloaded or hung. Look at "
                    "`qwen-launcher status`, or raise backend.timeoutS (QWEN_LSP_TIMEOUT_S).",
                    url=endpoint.base_url,
                    seconds=f"{timeout_s:g}",
                )
            ) from error
        except openai.APIConnectionError as error:
            remedy = (
                say("Check that it runs and that the address is right.")
                if self.supervisor is None
                else say("Look at `qwen-launcher status`, then diagnose again.")
            )
            raise BackendLostError(
                say(
                    "The model's server at {url} cannot be reached ({why}). {remedy}",
                    url=endpoint.base_url,
                    why=error.__cause__ or error,
                    remedy=remedy,
                )
            ) from error
        except openai.APIStatusError as error:
            explained = _explain_status(error, endpoint)
            raise (BackendLostError if error.status_code >= _SERVER_ERROR else BackendError)(explained) from error
        except openai.APIError as error:  # vLLM reports a failure in the middle of an answer as an event of the stream
            raise BackendLostError(
                say(
                    "The model's server at {url} broke off with an error: {why}",
                    url=endpoint.base_url,
                    why=error.message[:300],
                )
            ) from error
        except (openai.OpenAIError, json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError) as error:
            # The client turns a malformed reply into whichever of these its decoding meets first.
            raise BackendError(
                say(
                    "The server at {url} did not answer like an OpenAI-compatible server ({why}). Check the address; "
                    "it usually ends in /v1.",
                    url=endpoint.base_url,
                    why=f"{type(error).__name__}: {str(error)[:200]}",
                )
            ) from error


async def _only_model(client: openai.AsyncOpenAI, endpoint: Endpoint) -> str:
    models = await client.models.list()
    names = [model.id for model in models.data or ()]
    if not names:
        raise BackendError(
            say("The server at {url} offers no model; name one with backend.model.", url=endpoint.base_url)
        )
    return names[0]


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


def _explain_status(error: openai.APIStatusError, endpoint: Endpoint) -> str:
    said = str(error.message)[:300]
    url = endpoint.base_url
    if error.status_code in (401, 403):
        return say(
            "The model's server at {url} refused the API key ({status}). Set backend.apiKey or QWEN_LSP_API_KEY.",
            url=url,
            status=error.status_code,
        )
    if error.status_code == 404:
        return say(
            "The model's server at {url} does not know this address or the model {model}: {why}",
            url=url,
            model=repr(endpoint.model),
            why=said,
        )
    return say(
        "The model's server at {url} answered with an error ({status}): {why}",
        url=url,
        status=error.status_code,
        why=said,
    )
