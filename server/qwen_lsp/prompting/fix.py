"""The prompts that ask for a root cause and a fix.

Order matters: what repeats between requests (instructions, code) comes first and the failure last, so that the engine's
prefix cache can serve a second question about the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.messages import CHINESE, ENGLISH, spoken
from qwen_lsp.model import ChatPrompt, Located, WorkspaceContext
from qwen_lsp.prompting.evidence import describe
from qwen_lsp.prompting.quoting import DELIMITER, code_block, heading
from qwen_lsp.prompting.templates import load_template

CAUSE_IN = {
    ENGLISH: "",
    CHINESE: ', in Simplified Chinese, like this: "Cause: 第 N 行有错，因为……"',  # noqa: RUF001 - Chinese
}
"""What follows "which line is wrong and why": without a beginning to go on from, a small model writes English."""


def fix_prompt(located: Located, context: WorkspaceContext, roots: Sequence[Path]) -> ChatPrompt:
    """Return the question for the region ``context.regions[0]``.

    The evidence is data: it stands between random delimiters, and code between fences longer than any in it.
    """
    region, *others = context.regions
    shown = [one for one in (*others, *context.related) if one.text.strip()]
    return load_template("fix").render(
        {
            "related": "".join(f"{code_block(one, roots)}\n\n" for one in shown),
            "region": code_block(region, roots),
            "name": heading(region, roots),
            "delimiter": DELIMITER,
            "failure": describe(located, roots),
            "language": CAUSE_IN[spoken()],
        }
    )


def retry_prompt(prompt: ChatPrompt, reply: str, reason: str) -> ChatPrompt:
    """Return ``prompt`` continued with the model's ``reply`` and the ``reason`` why it was of no use."""
    retry = load_template("retry").render({"reply": reply, "reason": reason})
    return ChatPrompt((*prompt.messages, *retry.messages), retry.prompt_id, retry.prompt_version)


def again_prompt(prompt: ChatPrompt, reply: str, failure: Located, roots: Sequence[Path]) -> ChatPrompt:
    """Return ``prompt`` continued with the model's ``reply`` and how the program fails with it."""
    again = load_template("again").render({"reply": reply, "delimiter": DELIMITER, "failure": describe(failure, roots)})
    return ChatPrompt((*prompt.messages, *again.messages), again.prompt_id, again.prompt_version)
