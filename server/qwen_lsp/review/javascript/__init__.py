"""Rules for JavaScript and TypeScript, on the syntax tree."""

from __future__ import annotations

from collections.abc import Iterator

from qwen_lsp.explain.code import Code
from qwen_lsp.review.found import Found
from qwen_lsp.review.javascript import (
    arrays,
    callbacks,
    calls,
    conditions,
    flow,
    injection,
    methods,
    order,
    promises,
    secrecy,
)
from qwen_lsp.review.javascript.code import JavaScript

_RULES = (
    *conditions.RULES,
    *flow.RULES,
    *order.RULES,
    *calls.RULES,
    *callbacks.RULES,
    *methods.RULES,
    *promises.RULES,
    *arrays.RULES,
    *injection.RULES,
    *secrecy.RULES,
)


def review_javascript(code: Code) -> Iterator[Found]:
    """Yield what the rules find in a file; nothing where it does not parse."""
    if code.tree.error_count:
        return
    js = JavaScript(code)
    for rule in _RULES:
        yield from rule(js)
