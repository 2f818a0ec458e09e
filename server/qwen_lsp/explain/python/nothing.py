"""Why an expression is None, where the code itself says so."""

from __future__ import annotations

import re

import tree_sitter

from qwen_lsp.explain.code import Code
from qwen_lsp.explain.python.scope import SCOPES, bindings_in
from qwen_lsp.model import Range

_MATCHING = re.compile("match|search|fullmatch")
_IN_PLACE = frozenset(
    {"append", "extend", "insert", "sort", "reverse", "clear", "update", "add", "discard", "shuffle", "remove"}
)


def why_none(code: Code, value: tree_sitter.Node, place: Range) -> str | None:
    """Return the sentence that says why ``value``, used at ``place``, is None; None where the code does not tell.

    A name is followed to its only assignment in the function around it.
    """
    name = code.text(value) if value.type == "identifier" else None
    if name is not None:
        scope = next(code.around(place, "function_definition", "module"), None)
        bindings = bindings_in(code, scope).get(name, []) if scope is not None else []
        if len(bindings) != 1 or bindings[0].type != "assignment":
            return None
        assigned = bindings[0].child_by_field_name("right")
        left = bindings[0].child_by_field_name("left")
        if assigned is None or left is None or left.type != "identifier":
            return None
        reason = _of_call(code, assigned)
        return f"`{name}` comes from line {code.lineno(bindings[0])}: {reason}" if reason else None
    return _of_call(code, value)


def _of_call(code: Code, value: tree_sitter.Node) -> str | None:
    while value.type == "parenthesized_expression" and value.named_child_count == 1:
        value = value.named_children[0]
    function = value.child_by_field_name("function") if value.type == "call" else None
    if function is None:
        return None
    written = code.text(function)
    last = written.rpartition(".")[2]
    if _MATCHING.fullmatch(last) and function.type == "attribute" and _is_pattern(code, function):
        return f"`{last}()` gives None where the pattern does not match."
    if function.type == "attribute" and last == "get":
        arguments = value.child_by_field_name("arguments")
        if arguments is not None and arguments.named_child_count == 1:
            return "`get()` gives None for a key that is not there."
    if function.type == "attribute" and last in _IN_PLACE and not written.startswith(("self.", "super()")):
        return f"`{last}()` changes the object in place and returns None."
    if function.type == "identifier":
        definition = returns_nothing(code, written)
        if definition is not None:
            return f"`{written}` (line {code.lineno(definition)}) has no `return` with a value, so it returns None."
    return None


def _is_pattern(code: Code, function: tree_sitter.Node) -> bool:
    """Return whether a method is called on the module re, or on a name that is once assigned a compiled pattern."""
    owner = function.child_by_field_name("object")
    if owner is None or owner.type != "identifier":
        return owner is not None and code.text(owner).startswith("re.compile(")
    name = code.text(owner)
    if name == "re":
        return True
    bindings = bindings_in(code, code.tree.root).get(name, [])
    assigned = bindings[0].child_by_field_name("right") if len(bindings) == 1 else None
    return assigned is not None and code.text(assigned).startswith("re.compile(")


def returns_nothing(code: Code, name: str) -> tree_sitter.Node | None:
    """Return the file's only definition of the function ``name`` if every call of it returns None.

    A decorated function, a generator and a coroutine may give something else.
    """
    found = [
        node
        for node in code.below(code.tree.root, "function_definition")
        if (named := node.child_by_field_name("name")) is not None and code.text(named) == name
    ]
    if len(found) != 1 or len(bindings_in(code, code.tree.root).get(name, [])) != 1:
        return None
    return found[0] if gives_none(code, found[0]) else None


def gives_none(code: Code, function: tree_sitter.Node) -> bool:
    """Return whether a call of the function returns None whatever happens in it."""
    is_decorated = function.parent is not None and function.parent.type == "decorated_definition"
    body = function.child_by_field_name("body")
    if is_decorated or body is None or code.text(function).startswith("async"):
        return False
    stack = list(body.children)
    while stack:
        node = stack.pop()
        if node.type == "yield" or (node.type == "return_statement" and node.named_child_count):
            return False
        if node.type not in SCOPES:
            stack.extend(node.children)
    return True
