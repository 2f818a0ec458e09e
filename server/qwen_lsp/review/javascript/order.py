"""Names that are read before they have a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import FUNCTIONS, JavaScript, Node

_LATER = frozenset(
    {
        *FUNCTIONS,
        "public_field_definition",
        "field_definition",
        "export_specifier",
        "type_query",
        "type_annotation",
        "type_arguments",
        "type_alias_declaration",
        "interface_declaration",
        "object_type",
        "tuple_type",
        "function_type",
    }
)
"""What runs later than the code around it, or never."""


def used_before_definition(js: JavaScript) -> Iterator[Found]:
    """``const total = total + 1``; a ``let`` that is read above its line, in the same round of the same function."""
    for binding in js.scopes.of_kind("const", "let", "class"):
        node = binding.node
        if any(one.type in {"ambient_declaration", "internal_module", "module"} for one in js.above(node)):
            continue
        # A class can name itself in its body; a variable has its value when its declaration ends.
        ready = node.start_byte if binding.kind == "class" else node.end_byte
        for use in js.scopes.uses(binding):
            if use.start_byte >= ready:
                break
            if not _is_later(js, use, binding.scope) and not _is_exported(use) and not _is_in_pattern(use, node):
                yield Found(
                    js.place(use),
                    LOGIC,
                    "used-before-definition",
                    say(
                        "`{name}` has no value yet: it is declared in line {line}, and reading it before is an error.",
                        name=binding.name,
                        line=js.code.lineno(node),
                    )
                    if js.code.line(node) != js.code.line(use)
                    else say("`{name}` has no value yet while its own value is computed.", name=binding.name),
                )
                break


def _is_later(js: JavaScript, use: Node, scope: Node) -> bool:
    """Return whether what reads a name runs later than the code around it, or not at all."""
    for one in js.above(use):
        if one == scope:
            return False
        if one.type in _LATER:
            return True
    return True


def _is_exported(use: Node) -> bool:
    return use.parent is not None and use.parent.type in {"export_specifier", "labeled_statement"}


def _is_in_pattern(use: Node, node: Node) -> bool:
    """Return whether a name is read among those that one declaration takes apart: each has its value from there on."""
    pattern = node.child_by_field_name("name") if node.type == "variable_declarator" else None
    return pattern is not None and pattern.start_byte <= use.start_byte < pattern.end_byte


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (used_before_definition,)
