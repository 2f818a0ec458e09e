"""How many tokens a prompt has: vLLM's server tells, which has the model's own tokenizer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qwen_lsp.model import ChatPrompt, TokenCount

if TYPE_CHECKING:
    import openai

_TIMEOUT_S = 10.0
"""A count is not worth a longer wait than that: the prompt may well fit."""

_BYTES_PER_TOKEN = 2.5
"""Fewer than in any code or prose, so that what is estimated to fit does fit."""


async def count_tokens(client: openai.AsyncOpenAI, model: str, prompt: ChatPrompt) -> TokenCount:
    """Return the tokens of ``prompt``; an estimate, without a limit, where the server does not tell them.

    Source: vLLM, "Online Serving", Tokenizer API: ``POST /tokenize``, beside the ``/v1`` of the OpenAI API.
    """
    import openai

    address = f"{str(client.base_url).rstrip('/').removesuffix('/v1')}/tokenize"
    messages = [{"role": role, "content": content} for role, content in prompt.messages]
    try:
        answer: Any = await client.post(
            address,
            cast_to=object,
            body={"model": model, "messages": messages},
            options={"timeout": _TIMEOUT_S},
        )
        return TokenCount(int(answer["count"]), int(answer["max_model_len"]))
    except (openai.OpenAIError, KeyError, TypeError, ValueError):
        return estimate(prompt)


def estimate(prompt: ChatPrompt) -> TokenCount:
    """Return what ``prompt`` may have at most, so far as its length tells."""
    return TokenCount(int(sum(len(content.encode()) for _, content in prompt.messages) / _BYTES_PER_TOKEN), None)
