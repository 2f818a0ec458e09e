"""Which names Python code gives a meaning to, and which of them a line can see.

The rules are those of the language reference, 4.2.2 "Resolution of names": a name bound anywhere in a function is local
to all of it; functions see the functions around them and the module, not the class around them.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import tree_sitter

from qwen_lsp.explain.code import Code
from qwen_lsp.model import Range

BUILTINS = frozenset(dir(builtins))
SCOPES = ("function_definition", "lambda", "class_definition", "module")
_COMPREHENSIONS = ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
_PATTERNS = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "dictionary_splat_pattern", "tuple", "list"}
    | {"parenthesized_expression", "as_pattern_target", "typed_parameter"}
)

Bindings = dict[str, list[tree_sitter.Node]]
"""The nodes of the statements (or parameters) that give each name its value, in the order of the text."""


def scopes_at(code: Code, place: Range) -> list[tree_sitter.Node]:
    """Return the functions and the module that ``place`` can see names of, innermost first.

    A class counts only where the place lies directly in its body.
    """
    found: list[tree_sitter.Node] = []
    for node in code.around(place, *SCOPES):
        if node.type == "class_definition" and found:
            continue
        body = node.child_by_field_name("body") if node.type != "module" else node
        # The header of a definition (decorators, defaults, bases) belongs to what is around it.
        if (body is not None and body.start_byte <= code.byte_at(place.start)) or node.type == "lambda":
            found.append(node)
    return found


def visible_names(code: Code, place: Range) -> dict[str, tree_sitter.Node | None]:
    """Return the names that ``place`` sees, each with what binds it first; None for built-in names."""
    found: dict[str, tree_sitter.Node | None] = {}
    for node in code.around(place, *_COMPREHENSIONS):
        for clause in (one for one in node.children if one.type == "for_in_clause"):
            for name, binding in _targets(code, clause.child_by_field_name("left"), clause):
                found.setdefault(name, binding)
    for scope in scopes_at(code, place):
        for name, bindings in bindings_in(code, scope).items():
            found.setdefault(name, bindings[0])
    for node in code.below(code.tree.root, "global_statement"):
        for declared in node.named_children:
            found.setdefault(code.text(declared), node)
    return {**dict.fromkeys(BUILTINS), **found}


def bindings_in(code: Code, scope: tree_sitter.Node) -> Bindings:
    """Return what ``scope`` itself binds; names that it declares global or nonlocal are left out."""
    found: Bindings = {}
    outer: set[str] = set()
    stack = [scope]
    while stack:
        node = stack.pop()
        if node.type in ("global_statement", "nonlocal_statement"):
            outer.update(code.text(one) for one in node.named_children)
        for name, binding in _bound_by(code, node, scope):
            found.setdefault(name, []).append(binding)
        if node is scope or (node.type not in SCOPES and node.type not in _COMPREHENSIONS):
            stack.extend(reversed(node.children))
    return {name: sorted(nodes, key=lambda one: one.start_byte) for name, nodes in found.items() if name not in outer}


def is_variable(node: tree_sitter.Node) -> bool:
    """Return whether an identifier is a variable, and not the name of an attribute or of a keyword argument."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("object") == node
    return not (parent.type == "keyword_argument" and parent.child_by_field_name("name") == node)


def _bound_by(code: Code, node: tree_sitter.Node, scope: tree_sitter.Node) -> Iterator[tuple[str, tree_sitter.Node]]:
    """Yield the names that one node binds, children not counted in."""
    match node.type:
        case "assignment" | "augmented_assignment" | "for_statement":
            if node.type != "assignment" or node.child_by_field_name("right") is not None:
                yield from _targets(code, node.child_by_field_name("left"), node)
        case "named_expression":
            yield from _targets(code, node.child_by_field_name("name"), node)
        case "as_pattern":
            yield from _targets(code, node.child_by_field_name("alias") or node.named_children[-1], node)
        case "import_statement" | "import_from_statement":
            for imported in node.children_by_field_name("name"):
                alias = imported.child_by_field_name("alias") or imported
                yield code.text(alias).partition(".")[0], node
        case "function_definition" | "class_definition" if node is not scope:
            yield from _targets(code, node.child_by_field_name("name"), node)
        case "parameters" | "lambda_parameters" if node.parent is not None and node.parent == scope:
            for parameter in node.named_children:
                yield from _targets(code, parameter.child_by_field_name("name") or parameter, parameter)
        case "case_pattern":
            for one in node.named_children:
                if one.type == "dotted_name" and one.named_child_count == 1 and code.text(one) != "_":
                    yield code.text(one), node


def _targets(
    code: Code, target: tree_sitter.Node | None, binding: tree_sitter.Node
) -> Iterator[tuple[str, tree_sitter.Node]]:
    """Yield the plain names in an assignment's target; attributes and items bind no name."""
    if target is None:
        return
    if target.type == "identifier":
        yield code.text(target), binding
    elif target.type == "typed_parameter":
        yield from _targets(code, target.named_children[0] if target.named_children else None, binding)
    elif target.type in _PATTERNS:
        for child in target.named_children:
            yield from _targets(code, child, binding)
