"""The prompt that asks for a fix of what a review found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.messages import spoken
from qwen_lsp.model import ChatPrompt, Region, Remark
from qwen_lsp.prompting.fix import CAUSE_IN
from qwen_lsp.prompting.quoting import code_block, fenced, heading
from qwen_lsp.prompting.templates import load_template
from qwen_lsp.syntax import language_of
from qwen_lsp.text import split_lines


def mend_prompt(remark: Remark, region: Region, roots: Sequence[Path]) -> ChatPrompt:
    """Return the question for ``region``, which holds the line that ``remark`` is about."""
    language = language_of(region.path)
    line = split_lines(region.text)[remark.range.start.line - region.start_line].strip()
    return load_template("mend").render(
        {
            "region": code_block(region, roots),
            "name": heading(region, roots),
            "line": str(remark.range.start.line + 1),
            "code": fenced(f"{line}\n", language.fence if language else ""),
            "remark": remark.message,
            "language": CAUSE_IN[spoken()],
        }
    )
