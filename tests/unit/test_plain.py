"""Titles as plain text."""

from __future__ import annotations

import pytest

from qwen_lsp.protocol.plain import plain


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Change `reslut` to `result` (compiles)", "Change “reslut” to “result” (compiles)"),
        ("`total` 在循环内返回", "“total” 在循环内返回"),
        ("Use ``a`b`` here", "Use “a`b” here"),
        ("Fix: only the **first** article counts", "Fix: only the first article counts"),
        ("Write `f(**a, **b)`", "Write “f(**a, **b)”"),
        ("Fix: f(**a, **b) and __init__ stay", "Fix: f(**a, **b) and __init__ stay"),
        ("Fix: call `sum(price for ...", "Fix: call sum(price for ..."),
    ],
)
def test_code_stands_in_quotes(title: str, shown: str) -> None:
    """No Markdown is left of a title, and its code is as it was."""
    assert plain(title) == shown
