"""How fast the running engine reads and writes: ``python -m bench.engine_speed``.

One answer alone, twelve at once (as when fixes are drawn), and a prompt of about 1,000 tokens that it has not seen. The
backend is the one that a diagnosis would use; nothing else may use it meanwhile. Medians over ``--runs``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time

import openai

from bench.engine import engine_of
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.settings import resolve

WRITTEN_TOKENS = 32
AT_ONCE = 12
NUMBERS = 150
"""Random numbers of six digits: Qwen's tokenizer makes a token of each digit and each blank."""


async def _answer(client: openai.AsyncOpenAI, model: str, question: str, tokens: int) -> tuple[float, float, int]:
    """Return the seconds to the first token and from it to the last, and the number of tokens of the prompt."""
    started = time.perf_counter()
    first = last = 0.0
    prompt_tokens = 0
    stream = await client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": question}],
        max_tokens=tokens,
        temperature=0.8,
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"min_tokens": tokens},
    )
    async for chunk in stream:
        last = time.perf_counter() - started
        first = first or last
        if chunk.usage is not None:
            prompt_tokens = chunk.usage.prompt_tokens
    return first, last - first, prompt_tokens


async def _measure(client: openai.AsyncOpenAI, model: str) -> dict[str, float]:
    seed = random.random()  # noqa: S311 - what is asked must be new to the prefix cache
    question = f"{seed}: write a quicksort in Python."
    _, alone_s, _ = await _answer(client, model, question, WRITTEN_TOKENS)
    started = time.perf_counter()
    await asyncio.gather(*(_answer(client, model, f"{question} {k}", WRITTEN_TOKENS) for k in range(AT_ONCE)))
    together_s = time.perf_counter() - started
    text = " ".join(f"{random.randrange(10**5, 10**6)}" for _ in range(NUMBERS))  # noqa: S311
    reading_s, _, prompt_tokens = await _answer(client, model, text, 1)
    return {
        "tokens/s, one answer": (WRITTEN_TOKENS - 1) / alone_s,
        f"tokens/s, {AT_ONCE} answers together": AT_ONCE * WRITTEN_TOKENS / together_s,
        "tokens/s read of a new prompt": prompt_tokens / reading_s,
    }


async def _run(runs: int) -> None:
    settings, _ = resolve(os.environ)
    async with engine_of(OpenAIBackend(settings.backend)) as endpoint:
        model = endpoint.model or ""
        async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key or "none") as client:
            measured = [await _measure(client, model) for _ in range(runs)]
    print(f"{model}, median of {runs}")
    for name in measured[0]:
        values = [one[name] for one in measured]
        print(f"{name:36} {statistics.median(values):7.1f}  ({min(values):.1f} to {max(values):.1f})")


def main() -> None:
    """Measure the backend's speed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    asyncio.run(_run(parser.parse_args().runs))


if __name__ == "__main__":
    main()
