"""Let a model fill a gap in a file: the way code models were trained for, and cheaper than writing the code again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qwen_lsp.model import Gap, Infilling

if TYPE_CHECKING:
    import openai

_TRAINED = re.compile(r"qwen\d*(?:\.\d+)?-coder", re.IGNORECASE)
"""Models that know the marks below (Qwen2.5-Coder Technical Report, section 3.1, "File-Level Pretraining")."""

_BEFORE, _AFTER, _GAP = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"

_END_TOKENS = (151643, 151645, 151659, 151660, 151661, 151662, 151663, 151664)
"""<|endoftext|>, <|im_end|> and the marks of gaps, files and repositories: with any of them the gap is filled. Servers
leave such tokens out of the text, so that no stop string could match them."""


async def infillings(
    client: openai.AsyncOpenAI, model: str, gap: Gap, samples: int, temperature: float, max_tokens: int
) -> tuple[Infilling, ...]:
    """Return what ``model`` writes into ``gap``, without what was cut off at ``max_tokens``."""
    if _TRAINED.search(model) is None:
        return ()
    stream = await client.completions.create(
        model=model,
        prompt=f"{_BEFORE}{gap.before}{_AFTER}{gap.after}{_GAP}",
        n=samples,
        temperature=temperature,
        max_tokens=max_tokens,
        logprobs=0,
        # In pieces, so that a server which is slow is told from one that is silent.
        stream=True,
        extra_body={"stop_token_ids": _END_TOKENS},
    )
    texts, logprobs, ended = [""] * samples, [0.0] * samples, set[int]()
    async with stream:
        async for chunk in stream:
            for choice in chunk.choices:
                texts[choice.index] += choice.text
                if choice.logprobs is not None:
                    logprobs[choice.index] += sum(
                        one for one in choice.logprobs.token_logprobs or () if one is not None
                    )
                if choice.finish_reason == "stop":
                    ended.add(choice.index)
    return tuple(Infilling(texts[index], logprobs[index]) for index in sorted(ended))
