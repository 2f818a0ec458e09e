"""Rules for Python, on the syntax tree of the standard library: a file that does not compile is not looked at."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from qwen_lsp.review.found import Found
from qwen_lsp.review.python import (
    calls,
    classes,
    conditions,
    containers,
    foreign,
    functions,
    injection,
    iterators,
    loops,
    results,
    returning,
    secrecy,
    statements,
)
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.text import TextSnapshot

_RULES = (
    *conditions.RULES,
    *statements.RULES,
    *results.RULES,
    *loops.RULES,
    *functions.RULES,
    *classes.RULES,
    *calls.RULES,
    *iterators.RULES,
    *containers.RULES,
    *returning.RULES,
    *injection.RULES,
    *foreign.RULES,
    *secrecy.RULES,
)


def review_python(snapshot: TextSnapshot) -> Iterator[Found]:
    """Yield what the rules find in a file; nothing where it does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(snapshot.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    code = PythonCode(snapshot, tree)
    for rule in _RULES:
        yield from rule(code)
