"""Fixes of Python that mend nothing."""

from __future__ import annotations

import ast
import builtins
from collections import Counter

from qwen_lsp.syntax import python_module

_BROAD = frozenset({"Exception", "BaseException"})


def hides_error(before: str, after: str, exception_type: str) -> bool:
    """Return whether ``after`` catches the reported exception, or fewer assertions stand in it than in ``before``.

    New handlers count when they are bare, broad, or name ``exception_type`` or a class above it. A text that does not
    parse has nothing to compare and hides nothing.
    """
    old, new = _features(before, exception_type), _features(after, exception_type)
    if old is None or new is None:
        return False
    return new["handlers"] > old["handlers"] or new["asserts"] < old["asserts"]


def is_same_program(before: str, after: str) -> bool:
    """Return whether both texts parse to the same program: only comments and layout differ."""
    old, new = python_module(before), python_module(after)
    return old is not None and new is not None and ast.dump(old) == ast.dump(new)


def _features(text: str, exception_type: str) -> Counter[str] | None:
    module = python_module(text)
    if module is None:
        return None
    caught = _BROAD | _with_parents(exception_type.rpartition(".")[2])
    found: Counter[str] = Counter()
    for node in ast.walk(module):
        if isinstance(node, ast.Assert) or _calls(node, "assert"):
            found["asserts"] += 1
        elif isinstance(node, ast.ExceptHandler):
            found["handlers"] += node.type is None or not caught.isdisjoint(_names(node.type))
        elif _calls(node, "suppress"):
            found["handlers"] += 1
    return found


def _with_parents(name: str) -> set[str]:
    """Return ``name`` and, of a built-in exception, the names of the classes above it."""
    builtin = getattr(builtins, name, None)
    return {name, *(parent.__name__ for parent in getattr(builtin, "__mro__", ()) if parent is not object)}


def _calls(node: ast.AST, prefix: str) -> bool:
    """Return whether ``node`` calls a method or function whose name begins with ``prefix``."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return str(name).startswith(prefix)


def _names(node: ast.expr) -> set[str]:
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }
