"""Go: gofmt parses, and does not compile."""

from __future__ import annotations

from functools import lru_cache

from qwen_lsp.fixes.compiling.tools import run_tool
from qwen_lsp.model import RejectedFix, Rung
from qwen_lsp.text import TextSnapshot


def judge(before: TextSnapshot, after: str) -> Rung | RejectedFix | None:
    """Return PARSES or why not; None without gofmt, and where the old text had errors that are still there."""
    error = _error(after)
    if not error:
        return None if error is None else Rung.PARSES
    old = _error(before.text)
    return RejectedFix(f"with it, {before.path.name} does not parse: {error}") if old == "" else None


@lru_cache(maxsize=64)
def _error(text: str) -> str | None:
    """Return the first thing that is wrong with ``text``, "" when nothing is; None where gofmt is not there."""
    result = run_tool("gofmt", ("-e",), text)
    if result is None:
        return None
    return "" if result.status == 0 else (result.stderr.strip().splitlines() or ["gofmt refuses it"])[0]
