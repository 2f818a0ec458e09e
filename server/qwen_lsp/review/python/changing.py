"""What is changed in place, and what methods do to the attributes of their object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode

_CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "add",
        "discard",
        "update",
        "setdefault",
        "sort",
        "reverse",
    ]
)


def is_changed_here(code: PythonCode, node: ast.expr) -> bool:
    """Return whether what ``node`` names is changed where it stands: ``n.append(x)``, ``n[0] = x``, ``n += x``."""
    user = code.parent(node)
    if isinstance(user, ast.Attribute):
        call = code.parent(user)
        return user.attr in _CHANGING and isinstance(call, ast.Call) and call.func is user
    if isinstance(user, ast.Subscript):
        return user.value is node and isinstance(user.ctx, ast.Store | ast.Del)
    return isinstance(user, ast.AugAssign) and user.target is node


def is_new_container(code: PythonCode, node: ast.expr) -> bool:
    """Return whether ``node`` makes a list, a dictionary or a set that can be changed."""
    if isinstance(node, ast.List | ast.Dict | ast.Set):
        return True
    return isinstance(node, ast.Call) and code.dotted(node.func) in {"list", "dict", "set"} and not node.args


def methods(holder: ast.ClassDef) -> list[Function]:
    """Return the functions right in a class."""
    return [one for one in holder.body if isinstance(one, FUNCTIONS)]


def self_name(method: Function) -> str:
    """Return what a method calls its object, or "" where it gets none."""
    marks = {one.id for one in method.decorator_list if isinstance(one, ast.Name)}
    plain = [*method.args.posonlyargs, *method.args.args]
    return plain[0].arg if plain and not marks & {"staticmethod", "classmethod"} else ""


def own_attributes(method: Function) -> Iterator[ast.Attribute]:
    """Yield the places where a method reads or writes an attribute of its object."""
    name = self_name(method)
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            yield node


def is_assigned_here(code: PythonCode, node: ast.Attribute) -> bool:
    """Return whether an attribute gets a new value where it stands, which ``+=`` does not give it."""
    return isinstance(node.ctx, ast.Store) and not isinstance(code.parent(node), ast.AugAssign)
