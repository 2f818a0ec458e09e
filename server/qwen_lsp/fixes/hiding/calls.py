"""Fixes that mend nothing in the languages with a grammar: told by what they call and catch."""

from __future__ import annotations

import re
from collections import Counter

import tree_sitter

from qwen_lsp.syntax import SyntaxTree
from qwen_lsp.syntax.tree import walk

_CALLS = frozenset(
    {"call_expression", "method_invocation", "invocation_expression", "call", "macro_invocation"}
    | {"function_call_expression", "member_call_expression", "scoped_call_expression"}
)
_SAFE_ACCESS = frozenset({"optional_chain", "conditional_access_expression", "&."}) | {
    "nullsafe_member_access_expression",
    "nullsafe_member_call_expression",
}
_DEFAULT_OPERATORS = frozenset({"||", "??", "?:"})
_LITERALS = frozenset(
    {"number", "string", "array", "object", "null", "undefined", "true", "false", "template_string"}
    | {"integer_literal", "string_literal", "null_literal", "boolean_literal", "integer", "nil"}
)
_OF_MISSING_VALUES = ("TypeError", "NullReferenceException", "NullPointerException", "NoMethodError", "Error")
_MAX_CALLEE_BYTES = 200


def hides_error(before: SyntaxTree, after: SyntaxTree, exception_type: str) -> bool:
    """Return whether ``after`` catches more, asserts less or skips more tests than ``before``.

    Where a value was missing, it also hides the error to step over the value (``?.``) or to put a literal in its
    place (``?? 0``).
    """
    old, new = _features(before), _features(after)
    if new["handlers"] > old["handlers"] or new["asserts"] < old["asserts"]:
        return True
    is_missing_value = exception_type.rpartition(".")[2] in _OF_MISSING_VALUES
    return is_missing_value and new["defaults"] > old["defaults"]


def _features(tree: SyntaxTree) -> Counter[str]:
    language = tree.language
    found: Counter[str] = Counter()
    for node in walk(tree.root):
        if node.type in language.handlers:
            found["handlers"] += node.is_named
        elif node.type in _SAFE_ACCESS or (node.type == "binary_expression" and _is_default(node)):
            found["defaults"] += 1
        elif node.type == "assert_statement":
            found["asserts"] += 1
        elif node.type in _CALLS:
            callee = _callee(node)
            found["asserts"] += re.match(language.assertion, callee) is not None
            found["handlers"] += re.match(language.swallowing, callee) is not None
    return found


def _callee(node: tree_sitter.Node) -> str:
    """Return what the call names, with the receiver as it is written."""
    text = (node.text or b"")[:_MAX_CALLEE_BYTES].decode("utf-8", "replace")
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return text.partition("(")[0].strip()
    length = arguments.start_byte - node.start_byte
    return (node.text or b"")[:length][-_MAX_CALLEE_BYTES:].decode("utf-8", "replace").strip()


def _is_default(node: tree_sitter.Node) -> bool:
    operator, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
    return (
        operator is not None and operator.type in _DEFAULT_OPERATORS and right is not None and right.type in _LITERALS
    )
