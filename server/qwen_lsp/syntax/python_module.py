"""Python's own syntax tree, where tree-sitter's is not exact enough."""

from __future__ import annotations

import ast
import threading
import warnings

_lock = threading.Lock()
"""CPython before 3.13 counts the depth of a tree that is being made for all threads together (issue gh-106905), and
``catch_warnings`` changes the filters of all."""


def python_module(text: str) -> ast.Module | None:
    """Return the tree of ``text``, or None where it does not parse."""
    try:
        with _lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's invalid escapes are not ours to report
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
