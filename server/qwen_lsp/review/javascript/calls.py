"""Calls of JavaScript whose results are lost, or that are given the wrong thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.syntax.tree import walk

_OF_STRINGS = frozenset(
    [
        "toUpperCase",
        "toLowerCase",
        "trim",
        "trimStart",
        "trimEnd",
        "replace",
        "replaceAll",
        "padStart",
        "padEnd",
        "substring",
        "substr",
        "repeat",
    ]
)
_OF_ARRAYS = frozenset(["concat", "slice", "flat", "toSorted", "toReversed", "toSpliced"])


def result_thrown_away(js: JavaScript) -> Iterator[Found]:
    """``tags.map((tag) => tag.toLowerCase());`` as a statement."""
    for statement in js.all("expression_statement"):
        call = statement.named_children[0] if statement.named_children else None
        if call is None or call.type != "call_expression":
            continue
        function = call.child_by_field_name("function")
        if function is None or function.type != "member_expression":
            continue
        method = js.callee(call).rpartition(".")[2]
        arguments = js.arguments(call)
        is_pure = (
            (
                method in _OF_STRINGS
                and not (
                    method in {"replace"}
                    and js.callee(call).startswith(("location.", "window.", "history.", "router.", "navigation."))
                )
                and _is_replace_of_text(method, arguments)
            )
            or (method in _OF_ARRAYS and (method != "slice" or bool(arguments)))
            or (method in {"map", "filter", "flatMap"} and bool(arguments) and _is_pure_function(js, arguments[0]))
        )
        if is_pure:
            yield Found(
                js.place(statement),
                LOGIC,
                "result-thrown-away",
                say(
                    "`{method}` leaves what it is called on as it is and returns something new, which is thrown away.",
                    method=method,
                ),
            )


def _is_replace_of_text(method: str, arguments: Sequence[Node]) -> bool:
    return not method.startswith("replace") or (len(arguments) == 2 and arguments[0].type in {"regex", "string"})


def _is_pure_function(js: JavaScript, function: Node) -> bool:
    body = function.child_by_field_name("body")
    if function.type != "arrow_function" or body is None or body.type == "statement_block":
        return False
    for one in walk(body):
        if one.type in {
            "assignment_expression",
            "augmented_assignment_expression",
            "update_expression",
            "await_expression",
            "new_expression",
        }:
            return False
        if one.type == "call_expression" and js.callee(one).rpartition(".")[2] not in _OF_STRINGS | _OF_ARRAYS:
            return False
    return True


def sorted_as_text(js: JavaScript) -> Iterator[Found]:
    """``scores.sort()`` of numbers."""
    for call in js.all("call_expression"):
        if js.callee(call).rpartition(".")[2] not in {"sort", "toSorted"} or js.arguments(call):
            continue
        function = call.child_by_field_name("function")
        sorted_ = function.child_by_field_name("object") if function is not None else None
        if sorted_ is not None and _holds_numbers(js, sorted_, 3):
            yield Found(
                js.place(call),
                LOGIC,
                "sorted-as-text",
                say("Without a comparison numbers are sorted as text: 10 comes before 9."),
                Change(say("Compare as numbers"), (js.replaced(call, f"{js.text(call)[:-2]}((a, b) => a - b)"),))
                if js.text(call).endswith("()")
                else None,
            )


def _holds_numbers(js: JavaScript, node: Node, depth: int) -> bool:
    if depth == 0:
        return False
    if node.type == "array":
        inside = node.named_children
        if len(inside) == 1 and inside[0].type == "spread_element":
            return _holds_numbers(js, inside[0].named_children[0], depth)
        return bool(inside) and all(one.type == "number" for one in inside)
    if node.type == "call_expression":
        method = js.callee(node).rpartition(".")[2]
        function = node.child_by_field_name("function")
        base = function.child_by_field_name("object") if function is not None else None
        if method in {"slice", "filter", "concat"} and base is not None:
            return _holds_numbers(js, base, depth)
        return method == "map" and bool(js.arguments(node)) and _gives_number(js, js.arguments(node)[0])
    if node.type == "identifier":
        text = re.escape(js.text(node))
        annotated = re.search(
            rf"\b{text}\??\s*:\s*(?:readonly\s+)?(?:number\[\]|Array<number>|ReadonlyArray<number>)",
            js.code.snapshot.text,
        )
        return annotated is not None or any(_holds_numbers(js, one, depth - 1) for one in js.values(node))
    return False


def _gives_number(js: JavaScript, function: Node) -> bool:
    """Return whether a function turns everything into a number."""
    if js.text(function) in {"Number", "parseFloat"}:
        return True
    body = function.child_by_field_name("body") if function.type == "arrow_function" else None
    if body is None:
        return False
    is_converted = body.type == "call_expression" and js.callee(body) in {"Number", "parseFloat", "parseInt"}
    is_sign = body.type == "unary_expression" and body.children[0].type == "+"
    return is_converted or is_sign or (body.type == "member_expression" and js.squeezed(body).endswith(".length"))


def not_awaited(js: JavaScript) -> Iterator[Found]:
    """A promise that nobody waits for, in an async function."""
    asynchronous = {
        js.name_of(one)
        for kind in ("function_declaration", "arrow_function", "function_expression")
        for one in js.all(kind)
        if js.text(one).startswith("async")
    } - {""}
    promising = js.imported_from("fs/promises", "timers/promises")
    for statement in js.all("expression_statement"):
        call = statement.named_children[0] if statement.named_children else None
        function = js.function(statement)
        if call is None or call.type != "call_expression" or function is None:
            continue
        name = js.callee(call)
        head = name.partition(".")[0]
        is_promise = (
            (name in asynchronous and len(js.values(call)) == 0)
            or (head in promising and name.count(".") < 2)
            or re.match(r"fs\.promises\.\w+$", name)
        )
        if is_promise and js.text(function).startswith("async"):
            yield Found(
                js.place(statement),
                LOGIC,
                "not-awaited",
                say("Nobody waits for this promise: what follows runs before it is done, and its error is lost."),
                Change(say("Await it"), (js.inserted(statement, "await "),)),
            )


def timer_as_function(js: JavaScript) -> Iterator[Found]:
    """``setTimeout(timer)`` of what ``setTimeout`` returned; ``names.map(parseInt)``; ``clamp`` that does not."""
    for call in js.all("call_expression"):
        name, arguments = js.callee(call), js.arguments(call)
        if name in {"setTimeout", "setInterval"} and arguments and arguments[0].type == "identifier":
            given = [one for one in js.given(js.text(arguments[0])) if one.type == "call_expression"]
            if given and all(js.callee(one) in {"setTimeout", "setInterval"} for one in given):
                clearing = "clear" + name.removeprefix("set")
                function = call.child_by_field_name("function")
                change = (
                    Change(say("Use `{word}`", word=clearing), (js.replaced(function, clearing),))
                    if function is not None and len(arguments) == 1
                    else None
                )
                yield Found(
                    js.place(call),
                    LOGIC,
                    "timer-as-function",
                    say(
                        "`{name}` is a timer's id, and no function: nothing is stopped here.",
                        name=js.text(arguments[0]),
                    ),
                    change,
                )
        if name.endswith(".map") and arguments and js.text(arguments[0]) == "parseInt":
            yield Found(
                js.place(call),
                LOGIC,
                "index-as-radix",
                say("`map` hands the index over as well, which parseInt takes for the radix."),
                Change(say("Use `{word}`", word="Number"), (js.replaced(arguments[0], "Number"),)),
            )
        if name in {"Math.max", "Math.min"} and len(arguments) == 2 and arguments[1].type == "call_expression":
            inner = js.arguments(arguments[1])
            if js.callee(arguments[1]) == name and len(inner) == 2:
                other = "Math.min" if name == "Math.max" else "Math.max"
                function = arguments[1].child_by_field_name("function")
                change = (
                    Change(say("Use `{word}`", word=other), (js.replaced(function, other),))
                    if function is not None
                    else None
                )
                yield Found(
                    js.place(call),
                    LOGIC,
                    "same-bound-twice",
                    say("Both calls bound the value on the same side: the other bound has no effect."),
                    change,
                )


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (
    result_thrown_away,
    sorted_as_text,
    not_awaited,
    timer_as_function,
)
