"""One request to an OpenAI-compatible server, with errors that a user can act on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from qwen_lsp.backend.endpoint import Endpoint
from qwen_lsp.backend.errors import BackendError, BackendLostError
from qwen_lsp.messages import say

if TYPE_CHECKING:
    import openai

_CONNECT_TIMEOUT_S = 5.0

_SERVER_ERROR = 500
"""From this HTTP status up the fault is the server's, not the request's (RFC 9110, section 15.6)."""

_Answer = TypeVar("_Answer")


async def call(
    endpoint: Endpoint,
    action: Callable[[openai.AsyncOpenAI, str], Awaitable[_Answer]],
    *,
    timeout_s: float,
    session_id: str,
    is_launchers: bool,
) -> _Answer:
    """Return what ``action`` makes of a client of the server and the model's name.

    ``timeout_s`` is the longest silence that is borne. ``is_launchers`` tells whose server it is, for the remedy.

    Raises:
        BackendLostError: the server is gone or failing; asking another one may help.
        BackendError: it answered in a way that asking again will not mend.
    """
    import openai

    timeout = openai.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s))
    client = openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        max_retries=0,
        timeout=timeout,
        default_headers={"X-Session-ID": session_id},
        # The environment's proxy is for other machines: what goes to this one must not pass through it.
        http_client=openai.DefaultAsyncHttpxClient(
            base_url=endpoint.base_url, timeout=timeout, trust_env=not endpoint.is_this_machine
        ),
    )
    try:
        async with client:
            return await action(client, endpoint.model or await _only_model(client, endpoint))
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
            if not is_launchers
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
