"""Functions handed to methods of arrays that return nothing where a value is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node, unwrapped
from qwen_lsp.review.javascript.scopes import is_async, is_generator
from qwen_lsp.syntax.tree import walk

_ALWAYS_NEEDING = frozenset(["filter", "some", "every", "find", "findIndex", "findLast", "reduce", "sort", "toSorted"])
_NEEDING_VALUES = frozenset(["map", "flatMap", *_ALWAYS_NEEDING])


def missing_result(js: JavaScript) -> Iterator[Found]:
    """A callback of ``map`` that returns something on some of its ways only."""
    for call in js.all("call_expression"):
        method = js.callee(call).rpartition(".")[2]
        arguments = js.arguments(call)
        if method not in _NEEDING_VALUES or "." not in js.callee(call) or not arguments:
            continue
        function = arguments[0]
        body = (
            function.child_by_field_name("body") if function.type in {"arrow_function", "function_expression"} else None
        )
        statements = [] if body is None else [one for one in body.named_children if one.type != "comment"]
        if body is None or body.type != "statement_block" or not statements or _are_awaited(js, call):
            continue
        returns = [
            one
            for one in walk(body)
            if one.type == "return_statement" and js.function(one) == function and one.named_children
        ]
        if returns and not _ends_for_good(statements[-1]) and not _only_says_yes(js, method, returns):
            yield Found(
                js.place(call),
                LOGIC,
                "missing-result",
                say(
                    "This function of `{method}` returns nothing on one of its ways: undefined takes the value's "
                    "place.",
                    method=method,
                ),
            )
        elif (
            not returns
            and not is_generator(function)
            and (method in _ALWAYS_NEEDING or (_is_used(call) and not is_async(function)))
            and not any(one.type == "throw_statement" for one in walk(body))
        ):
            yield Found(
                js.place(call),
                LOGIC,
                "missing-result",
                say("This function of `{method}` returns nothing.", method=method),
            )


def _only_says_yes(js: JavaScript, method: str, returns: Sequence[Node]) -> bool:
    """Return whether a test returns ``true`` on some ways and nothing, which counts as false, on the others."""
    return method not in {"map", "flatMap", "reduce", "sort", "toSorted"} and any(
        js.text(one.named_children[0]) == "true" for one in returns
    )


def _are_awaited(js: JavaScript, call: Node) -> bool:
    """Return whether what a call gives is waited for only: some of its items may be no promises."""
    whole = call.parent.parent if call.parent is not None and call.parent.type == "arguments" else None
    if whole is None or js.callee(whole) not in {"Promise.all", "Promise.allSettled"}:
        return False
    holder = whole.parent
    kept = holder.parent if holder is not None and holder.type == "await_expression" else None
    return kept is None or kept.type in {"expression_statement", "sequence_expression"}


def _is_used(call: Node) -> bool:
    """Return whether something keeps what a call gives, or goes on with it."""
    holder = call.parent
    return holder is not None and holder.type in {
        "variable_declarator",
        "spread_element",
        "member_expression",
        "assignment_expression",
    }


def _ends_for_good(node: Node) -> bool:
    if node.type in {"return_statement", "throw_statement"}:
        return True
    if node.type == "switch_statement":
        return True  # too hard to tell
    if node.type in {
        "while_statement",
        "for_statement",
        "for_in_statement",
        "do_statement",
        "try_statement",
        "labeled_statement",
    }:
        return node.type in {"try_statement", "labeled_statement"} or (
            node.type == "while_statement" and b"true" in (node.text or b"")[:14]
        )
    if node.type == "statement_block":
        inside = [one for one in node.named_children if one.type != "comment"]
        return bool(inside) and _ends_for_good(inside[-1])
    if node.type == "if_statement":
        if _compares_one_thing(node):
            return True  # like a switch
        branches = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return all(
            one is not None and _ends_for_good(one.named_children[0] if one.type == "else_clause" else one)
            for one in branches
        )
    return False


def _compares_one_thing(node: Node) -> bool:
    """Return whether ``if`` and ``else if`` without ``else`` compare one thing with texts, and each returns."""
    seen: list[bytes | None] = []
    at: Node | None = node
    while at is not None and at.type == "if_statement":
        test, body = unwrapped(at.child_by_field_name("condition")), at.child_by_field_name("consequence")
        left, right = (None, None) if test is None else (test.child_by_field_name(one) for one in ("left", "right"))
        if left is None or right is None or right.type != "string" or body is None or not _ends_for_good(body):
            return False
        seen.append(left.text)
        other = at.child_by_field_name("alternative")
        at = other.named_children[0] if other is not None and other.named_children else None
    return at is None and len(seen) > 1 and len(set(seen)) == 1


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (missing_result,)
