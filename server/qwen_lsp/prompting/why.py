"""The prompt that asks why a change that was found by trying mends the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.messages import spoken
from qwen_lsp.model import ChatPrompt, Located, Region
from qwen_lsp.prompting.evidence import describe
from qwen_lsp.prompting.fix import CAUSE_IN
from qwen_lsp.prompting.quoting import DELIMITER, code_block, fenced
from qwen_lsp.prompting.templates import load_template
from qwen_lsp.syntax import language_of


def why_prompt(
    located: Located, region: Region, line: int, change: tuple[str, str], roots: Sequence[Path]
) -> ChatPrompt:
    """Return the question why ``change``, (old, new), of ``line`` (0-based) in ``region`` mends the program."""
    language = language_of(region.path)
    old, new = (fenced(f"{text}\n", language.fence if language else "") for text in change)
    return load_template("why").render(
        {
            "region": code_block(region, roots),
            "delimiter": DELIMITER,
            "failure": describe(located, roots),
            "line": str(line + 1),
            "old": old,
            "new": new,
            "language": CAUSE_IN[spoken()],
        }
    )
