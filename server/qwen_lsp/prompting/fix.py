"""The prompts that ask for a root cause and a fix.

Order matters: what repeats between requests (instructions, code) comes first and the failure last, so that the engine's
prefix cache can serve a second question about the same code.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.model import ChatPrompt, Located, Region, WorkspaceContext
from qwen_lsp.prompting.evidence import describe, relative_name
from qwen_lsp.prompting.templates import load_template
from qwen_lsp.syntax import language_of

_DELIMITER = f"log-{secrets.token_hex(3)}"
"""Unknown to whoever wrote the log, so that no log can close its own section; the same for the whole process, so that
the prefix cache still matches."""


def fix_prompt(located: Located, context: WorkspaceContext, roots: Sequence[Path]) -> ChatPrompt:
    """Return the question for the region ``context.regions[0]``.

    The evidence is data: it stands between random delimiters, and code between fences longer than any in it.
    """
    region, *others = context.regions
    shown = [one for one in (*others, *context.related) if one.text.strip()]
    return load_template("fix").render(
        {
            "related": "".join(f"{_code_block(one, roots)}\n\n" for one in shown),
            "region": _code_block(region, roots),
            "name": _heading(region, roots),
            "delimiter": _DELIMITER,
            "failure": describe(located, roots),
        }
    )


def retry_prompt(prompt: ChatPrompt, reply: str, reason: str) -> ChatPrompt:
    """Return ``prompt`` continued with the model's ``reply`` and the ``reason`` why it was of no use."""
    retry = load_template("retry").render({"reply": reply, "reason": reason})
    return ChatPrompt((*prompt.messages, *retry.messages), retry.prompt_id, retry.prompt_version)


def _code_block(region: Region, roots: Sequence[Path]) -> str:
    language = language_of(region.path)
    fence = "```"
    while fence in region.text:
        fence += "`"
    text = region.text if region.text.endswith("\n") else region.text + "\n"
    return f"{_heading(region, roots)} ({region.why}):\n{fence}{language.fence if language else ''}\n{text}{fence}"


def _heading(region: Region, roots: Sequence[Path]) -> str:
    return f"{relative_name(region.path, roots)}, lines {region.start_line + 1}-{region.end_line}"
