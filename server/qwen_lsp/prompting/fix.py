"""The prompts that ask for a root cause and a fix.

Order matters: what repeats between requests (instructions, code) comes first and the failure last, so that the engine's
prefix cache can serve a second question about the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.messages import CHINESE, ENGLISH, spoken
from qwen_lsp.model import ChatPrompt, Located, Region, Remark, WorkspaceContext
from qwen_lsp.prompting.evidence import describe
from qwen_lsp.prompting.quoting import DELIMITER, code_block, heading, named
from qwen_lsp.prompting.templates import load_template

CAUSE_IN = {
    ENGLISH: "",
    CHINESE: ', in Simplified Chinese, like this: "Cause: 第 N 行有错，因为……"',  # noqa: RUF001 - Chinese
}
"""What follows "which line is wrong and why": without a beginning to go on from, a small model writes English."""


def fix_prompt(
    located: Located, context: WorkspaceContext, roots: Sequence[Path], remark: Remark | None = None
) -> ChatPrompt:
    """Return the question for the region ``context.regions[0]``, in which ``remark``, if any, says what is wrong.

    The evidence is data: it stands between random delimiters, and code between fences longer than any in it.
    """
    region, *others = context.regions
    asked = region if context.file is None or context.file.text == region.text else context.file
    apart = (one for one in (*others, *context.related) if one.text.strip() and not _is_within(one, asked))
    code = [*sorted(apart, key=lambda one: (one.path, one.start_line)), asked]
    values = {
        "code": "\n\n".join(code_block(one, roots) for one in code),
        "name": heading(region, roots) if region in code else named(region, roots),
        "delimiter": DELIMITER,
        "failure": describe(located, roots),
        "language": CAUSE_IN[spoken()],
    }
    if remark is None:
        return load_template("fix").render(values)
    known = {"line": str(remark.range.start.line + 1), "remark": remark.message}
    return load_template("known").render({**values, **known})


def _is_within(one: Region, other: Region) -> bool:
    return one.path == other.path and other.start_line <= one.start_line and one.end_line <= other.end_line


def retry_prompt(prompt: ChatPrompt, reply: str, reason: str) -> ChatPrompt:
    """Return ``prompt`` continued with the model's ``reply`` and the ``reason`` why it was of no use."""
    retry = load_template("retry").render({"reply": reply, "reason": reason})
    return ChatPrompt((*prompt.messages, *retry.messages), retry.prompt_id, retry.prompt_version)


def again_prompt(prompt: ChatPrompt, reply: str, failure: Located, roots: Sequence[Path]) -> ChatPrompt:
    """Return ``prompt`` continued with the model's ``reply`` and how the program fails with it."""
    again = load_template("again").render({"reply": reply, "delimiter": DELIMITER, "failure": describe(failure, roots)})
    return ChatPrompt((*prompt.messages, *again.messages), again.prompt_id, again.prompt_version)
