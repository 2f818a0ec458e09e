"""What compilers and parsers outside of this program say about a fix."""

from __future__ import annotations

from qwen_lsp.fixes.compiling import go, javascript, python, sql
from qwen_lsp.model import Failure, Region, RejectedFix, Rung
from qwen_lsp.syntax import Language
from qwen_lsp.text import TextSnapshot


def compiled_rung(
    before: TextSnapshot, after: str, region: Region, failure: Failure, language: Language, *, with_tools: bool
) -> Rung | RejectedFix | None:
    """Return the rung that a compiler gives ``after``, or why it refuses it; None where none could judge.

    With tools, may start one that is installed (node, gofmt) and wait seconds for it.
    """
    if language.id == "python":
        return python.judge(before, after, region, failure)
    if with_tools and language.id == "javascript":
        return javascript.judge(before, after)
    if language.id == "sql":
        return sql.judge(before, after, failure)
    if with_tools and language.id == "go":
        return go.judge(before, after)
    return None
