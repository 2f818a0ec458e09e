"""Let a model fill a gap in a file: the way code models were trained for, and cheaper than writing the code again."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qwen_lsp.model import Gap, Infilling

if TYPE_CHECKING:
    import openai

_TRAINED = re.compile(r"qwen\d*(?:\.\d+)?-coder", re.IGNORECASE)
"""Models that know the marks below (Qwen2.5-Coder Technical Report, section 3.1, "File-Level Pretraining")."""

_BEFORE, _AFTER, _GAP = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"

_GAP_NUMBER = 151660
"""The token that the last of these marks is."""

_END_TOKENS = (151643, 151645, 151659, _GAP_NUMBER, 151661, 151662, 151663, 151664)
"""<|endoftext|>, <|im_end|> and the marks of gaps, files and repositories: with any of them the gap is filled. Servers
leave such tokens out of the text, so that no stop string could match them."""


@dataclass(slots=True)
class _Sample:
    text: str = ""
    logprob: float = 0.0
    first_line_logprob: float | None = None
    is_whole: bool = False

    def add(self, text: str, logprob: float) -> None:
        self.text += text
        if "\n" in self.text and self.first_line_logprob is None:
            self.first_line_logprob = self.logprob  # the token that ends the line belongs to the next one
        self.logprob += logprob

    def infillings(self) -> list[Infilling]:
        """Return the first line by itself, and all lines where they came to an end.

        A model that has mended the line often goes on with code that it thinks should follow.
        """
        found = []
        if self.first_line_logprob is not None:
            found.append(Infilling(self.text.partition("\n")[0], self.first_line_logprob))
        if self.is_whole:
            found.append(Infilling(self.text, self.logprob))
        return found


async def infillings(
    client: openai.AsyncOpenAI, model: str, gap: Gap, samples: int, temperature: float, max_tokens: int
) -> tuple[Infilling, ...]:
    """Return what ``model`` writes into ``gap``: of each sample the first line, and all of it if it came to an end."""
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
    drawn = [_Sample() for _ in range(samples)]
    async with stream:
        async for chunk in stream:
            for choice in chunk.choices:
                found = choice.logprobs.token_logprobs if choice.logprobs is not None else None
                drawn[choice.index].add(choice.text, sum(one for one in found or () if one is not None))
                if choice.finish_reason == "stop":
                    drawn[choice.index].is_whole = True
    return tuple(one for sample in drawn for one in sample.infillings())


async def likelihood(client: openai.AsyncOpenAI, model: str, gap: Gap, text: str) -> float | None:
    """Return the natural logarithm of how likely ``model`` finds ``text`` in ``gap``; None where that is not told.

    vLLM tells it of the tokens of a prompt ("prompt_logprobs"); servers that do not know the word leave it out.
    """
    if _TRAINED.search(model) is None:
        return None
    response = await client.completions.create(
        model=model,
        prompt=f"{_BEFORE}{gap.before}{_AFTER}{gap.after}{_GAP}{text}",
        max_tokens=1,
        extra_body={"prompt_logprobs": 0},
    )
    tokens = getattr(response.choices[0], "prompt_logprobs", None) if response.choices else None
    if not isinstance(tokens, list):
        return None
    marks = [at for at, token in enumerate(tokens) if isinstance(token, dict) and str(_GAP_NUMBER) in token]
    if not marks:
        return None
    return math.fsum(one["logprob"] for token in tokens[marks[-1] + 1 :] for one in token.values())
