"""Conditions, loops and statements of JavaScript that do something else than they say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.bounds import Bound, implied_by
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.syntax.tree import walk

_LITERALS = frozenset({"string", "number", "true", "false", "null", "template_string"})
_ENDING = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement"})
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
_NEEDING_VALUES = frozenset(["map", "filter", "some", "every", "find", "findIndex", "findLast", "flatMap", "reduce"])
_TYPES = frozenset(["undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint", "unknown"])


def assigned_in_condition(js: JavaScript) -> Iterator[Found]:
    """``if (age = 18)``."""
    for holder in js.all("if_statement", "while_statement", "do_statement"):
        condition = holder.child_by_field_name("condition")
        inner = condition.named_children[0] if condition is not None and condition.named_children else None
        if inner is None or inner.type != "assignment_expression":
            continue
        right = inner.child_by_field_name("right")
        left = inner.child_by_field_name("left")
        if right is None or left is None or (right.type not in _LITERALS and holder.type != "if_statement"):
            continue
        new = f"{js.text(left)} === {js.text(right)}"
        yield Found(
            js.place(inner),
            LOGIC,
            "assigned-in-condition",
            say("One `=` assigns: the condition is what was assigned, whatever `{name}` held.", name=js.text(left)),
            Change(say("Compare with {sign}", sign="==="), (js.replaced(inner, new),)),
        )


def past_the_end(js: JavaScript) -> Iterator[Found]:
    """``i <= values.length`` in a loop that reads ``values[i]``."""
    for loop in js.all("for_statement"):
        condition, body = loop.child_by_field_name("condition"), loop.child_by_field_name("body")
        test = _unwrapped(condition)
        if test is None or body is None or test.type != "binary_expression":
            continue
        left, right, sign = (test.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is None or right is None or sign is None or sign.type != "<=" or left.type != "identifier":
            continue
        if not js.squeezed(right).endswith(".length"):
            continue
        item = f"{js.squeezed(right).removesuffix('.length')}[{js.text(left)}]"
        if any(one.type == "subscript_expression" and js.squeezed(one) == item for one in walk(body)):
            yield Found(
                js.place(test),
                LOGIC,
                "past-the-end",
                say(
                    "In the last round this reads past the end of `{name}`.",
                    name=js.text(right).removesuffix(".length"),
                ),
                Change(say("End the loop earlier"), (js.replaced(sign, "<"),)),
            )


def _unwrapped(node: Node | None) -> Node | None:
    while (
        node is not None and node.type in {"expression_statement", "parenthesized_expression"} and node.named_children
    ):
        node = node.named_children[0]
    return node


def never_ending(js: JavaScript) -> Iterator[Found]:
    """``for (let i = 0; i < n; i--)``."""
    for loop in js.all("for_statement"):
        test, step = _unwrapped(loop.child_by_field_name("condition")), loop.child_by_field_name("increment")
        if test is None or step is None or test.type != "binary_expression" or step.type != "update_expression":
            continue
        sign, left = test.child_by_field_name("operator"), test.child_by_field_name("left")
        if sign is None or left is None or js.text(left) != js.squeezed(step).strip("+-"):
            continue
        down = "--" in js.text(step)
        if (sign.type in {"<", "<="} and down) or (sign.type in {">", ">="} and not down):
            yield Found(js.place(step), LOGIC, "wrong-direction", say("The loop counts away from its end."))


def compared_with_nan(js: JavaScript) -> Iterator[Found]:
    """``amount === NaN``."""
    for test in js.all("binary_expression"):
        left, right, sign = (test.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is None or right is None or sign is None or sign.type not in {"==", "===", "!=", "!=="}:
            continue
        for nan, other in ((left, right), (right, left)):
            if js.squeezed(nan) in {"NaN", "Number.NaN"}:
                new = f"{'!' if '!' in sign.type else ''}Number.isNaN({js.text(other)})"
                yield Found(
                    js.place(test),
                    LOGIC,
                    "compared-with-nan",
                    say(
                        "Not a number is equal to nothing, not even to itself: this comparison never changes its "
                        "result."
                    ),
                    Change(say("Ask Number.isNaN"), (js.replaced(test, new),)),
                )
        is_type = left.type == "unary_expression" and js.squeezed(left).startswith("typeof") and right.type == "string"
        if is_type and js.text(right)[1:-1] not in _TYPES:
            words = say("`typeof` never gives {type}.", type=js.text(right))
            yield Found(js.place(test), LOGIC, "no-such-type", words)
        if sign.type in {"==", "==="} and right.type in {"array", "object"} and not right.named_children:
            yield Found(
                js.place(test),
                LOGIC,
                "compared-with-new",
                say("A new object is equal to no other: this is never true."),
            )


def falls_through(js: JavaScript) -> Iterator[Found]:
    """A case without ``break`` that runs into the next one."""
    for switch in js.all("switch_body"):
        cases = [one for one in switch.named_children if one.type in {"switch_case", "switch_default"}]
        breaking = [one for one in cases if any(_ends(each) for each in one.named_children)]
        for case, following in itertools.pairwise(cases):
            value = case.child_by_field_name("value")
            body = [one for one in case.named_children if one != value and one.type != "comment"]
            if not body or _ends(body[-1]) or not breaking:
                continue
            between = js.code.tree.text_of(switch).encode()[
                case.start_byte - switch.start_byte : following.start_byte - switch.start_byte
            ]
            if re.search(rb"(?i)falls?[ -]?through|fall ?s? ?through|no break|nobreak", between):
                continue
            last = body[-1]
            margin = js.code.snapshot.line(js.code.line(last))
            margin = margin[: len(margin) - len(margin.lstrip())]
            yield Found(
                js.place(last),
                LOGIC,
                "falls-through",
                say("Without `break` the next case runs as well."),
                Change(say("Add `break`"), (js.replaced(last, f"{js.text(last)}\n{margin}break;"),)),
            )


def _ends(node: Node) -> bool:
    if node.type in _ENDING:
        return True
    if node.type == "statement_block":
        return bool(node.named_children) and _ends(node.named_children[-1])
    if node.type == "if_statement":
        branches = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return all(
            one is not None and _ends(one.named_children[0] if one.type == "else_clause" else one) for one in branches
        )
    if node.type == "try_statement":
        body = node.child_by_field_name("body")
        return body is not None and _ends(body)
    if node.type in {"while_statement", "for_statement"}:
        return False
    if node.type == "expression_statement":
        return "process.exit" in (node.text or b"").decode("utf-8", "replace")
    return False


def contradiction(js: JavaScript) -> Iterator[Found]:
    """``day === 0 && day === 6``."""
    for both in js.all("binary_expression"):
        left, right, sign = (both.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is None or right is None or sign is None or sign.type not in {"&&", "||"}:
            continue
        wanted = {"===", "=="} if sign.type == "&&" else {"!==", "!="}
        one, other = _equality(js, left, wanted), _equality(js, right, wanted)
        if one is not None and other is not None and one[0] == other[0] and one[1] != other[1]:
            new = "||" if sign.type == "&&" else "&&"
            words = (
                say("No value is equal to both: this is never true.")
                if sign.type == "&&"
                else say("Every value differs from one of them: this is always true.")
            )
            yield Found(
                js.place(both),
                LOGIC,
                "constant-condition",
                words,
                Change(say("Use `{word}`", word=new), (js.replaced(sign, new),)),
            )


def _equality(js: JavaScript, node: Node, wanted: set[str]) -> tuple[str, str] | None:
    if node.type != "binary_expression":
        return None
    left, right, sign = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
    if (
        left is None
        or right is None
        or sign is None
        or sign.type not in wanted
        or right.type not in {"string", "number"}
    ):
        return None
    return (
        None
        if any(one.type == "call_expression" for one in walk(left))
        else (js.squeezed(left), js.text(right).strip("'\"`"))
    )


def repeated_branch(js: JavaScript) -> Iterator[Found]:
    """A branch whose condition was true before."""
    for head in js.all("if_statement"):
        if head.parent is not None and head.parent.type == "else_clause":
            continue
        seen: list[Node] = []
        at: Node | None = head
        while at is not None:
            test = _unwrapped(at.child_by_field_name("condition"))
            if test is None:
                break
            earlier = next((one for one in seen if _covers(js, one, test)), None)
            if earlier is not None and not any(one.type == "call_expression" for one in walk(test)):
                yield Found(
                    js.place(at),
                    LOGIC,
                    "unreachable-branch",
                    say(
                        "This branch is never taken: where its condition holds, `{earlier}` above has been true "
                        "already.",
                        earlier=js.text(earlier),
                    ),
                )
            seen.append(test)
            other = at.child_by_field_name("alternative")
            at = (
                next((one for one in other.named_children if one.type == "if_statement"), None)
                if other is not None
                else None
            )
    for switch in js.all("switch_body"):
        values: set[str] = set()
        for case in switch.named_children:
            value = case.child_by_field_name("value")
            if value is None:
                continue
            if js.squeezed(value) in values:
                yield Found(js.place(case), LOGIC, "unreachable-branch", say("This case stands above already."))
            values.add(js.squeezed(value))


def _covers(js: JavaScript, earlier: Node, later: Node) -> bool:
    if js.squeezed(earlier) == js.squeezed(later):
        return True
    first, second = _bound(js, earlier), _bound(js, later)
    return first is not None and second is not None and implied_by(first, second)


def _bound(js: JavaScript, test: Node) -> Bound | None:
    if test.type != "binary_expression":
        return None
    left, right, sign = (test.child_by_field_name(name) for name in ("left", "right", "operator"))
    if left is None or right is None or sign is None or right.type != "number":
        return None
    operator = sign.type.replace("===", "==").replace("!==", "!=")
    try:
        number = float(js.text(right).replace("_", ""))
    except ValueError:
        return None
    return Bound(js.squeezed(left), operator, number) if operator in {"<", "<=", ">", ">=", "==", "!="} else None


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
        return (
            method == "map" and bool(js.arguments(node)) and js.text(js.arguments(node)[0]) in {"Number", "parseFloat"}
        )
    if node.type == "identifier":
        text = re.escape(js.text(node))
        annotated = re.search(
            rf"\b{text}\??\s*:\s*(?:readonly\s+)?(?:number\[\]|Array<number>|ReadonlyArray<number>)",
            js.code.snapshot.text,
        )
        return annotated is not None or any(_holds_numbers(js, one, depth - 1) for one in js.values(node))
    return False


def skipping_splice(js: JavaScript) -> Iterator[Found]:
    """``items.splice(i, 1)`` in a loop with ``i++``."""
    for loop in js.all("for_statement"):
        step, body = loop.child_by_field_name("increment"), loop.child_by_field_name("body")
        test = _unwrapped(loop.child_by_field_name("condition"))
        if step is None or body is None or test is None or "++" not in js.text(step):
            continue
        index = js.squeezed(step).strip("+")
        for call in (one for one in walk(body) if one.type == "call_expression"):
            name, arguments = js.callee(call), js.arguments(call)
            if not name.endswith(".splice") or len(arguments) != 2 or js.text(arguments[0]) != index:
                continue
            goes_back = re.search(rf"\b{re.escape(index)}\s*(?:--|-=)|--\s*{re.escape(index)}\b", js.text(body))
            leaves = any(one.type in {"break_statement", "return_statement"} for one in walk(body))
            if not goes_back and not leaves and f"{name.removesuffix('.splice')}.length" in js.squeezed(test):
                yield Found(
                    js.place(call),
                    LOGIC,
                    "skips-items",
                    say("After an item is taken out, the next one has its place, and the loop steps over it."),
                )


def position_as_condition(js: JavaScript) -> Iterator[Found]:
    """``if (!names.indexOf(name))``."""
    for call in js.all("call_expression"):
        method = js.callee(call).rpartition(".")[2]
        holder = call.parent
        if (
            method not in {"indexOf", "lastIndexOf", "findIndex", "search"}
            or holder is None
            or (method == "search" and not (js.arguments(call) and js.arguments(call)[0].type == "regex"))
        ):
            continue
        negated = holder.type == "unary_expression" and js.text(holder).startswith("!")
        bare = (
            holder.type == "parenthesized_expression"
            and holder.parent is not None
            and holder.parent.type in {"if_statement", "while_statement"}
        )
        if not negated and not bare:
            continue
        change = None
        if method == "indexOf":
            whole = holder if negated else call
            text = js.text(call)
            at = text.rindex("indexOf")
            new = f"{'!' if negated else ''}{text[:at]}includes{text[at + 7 :]}"
            change = Change(say("Ask `includes`"), (js.replaced(whole, new),))
        yield Found(
            js.place(holder if negated else call),
            LOGIC,
            "position-as-condition",
            say(
                "`{method}` gives -1 for what is missing, which counts as true, and 0 for the first, which counts as "
                "false.",
                method=method,
            ),
            change,
        )


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
        if body is None or body.type != "statement_block" or not body.named_children:
            continue
        returns = [
            one
            for one in walk(body)
            if one.type == "return_statement" and js.function(one) == function and one.named_children
        ]
        if returns and not _ends_for_good(body.named_children[-1]):
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
            and method in {"filter", "some", "every", "find", "findIndex", "reduce"}
            and not any(one.type == "throw_statement" for one in walk(body))
        ):
            yield Found(
                js.place(call),
                LOGIC,
                "missing-result",
                say("This function of `{method}` returns nothing.", method=method),
            )


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
        return bool(node.named_children) and _ends_for_good(node.named_children[-1])
    if node.type == "if_statement":
        branches = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return all(
            one is not None and _ends_for_good(one.named_children[0] if one.type == "else_clause" else one)
            for one in branches
        )
    return False


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


def chained_comparison(js: JavaScript) -> Iterator[Found]:
    """``1 < x < 5``; ``!key in object``; duplicate keys; code that nothing reaches."""
    for test in js.all("binary_expression"):
        left, sign = test.child_by_field_name("left"), test.child_by_field_name("operator")
        if left is None or sign is None:
            continue
        inner = left.child_by_field_name("operator") if left.type == "binary_expression" else None
        if sign.type in {"<", "<=", ">", ">="} and inner is not None and inner.type in {"<", "<=", ">", ">="}:
            yield Found(
                js.place(test),
                LOGIC,
                "chained-comparison",
                say("The first comparison gives true or false, and that is compared with the rest."),
            )
        if sign.type in {"in", "instanceof"} and left.type == "unary_expression" and js.text(left).startswith("!"):
            yield Found(
                js.place(test),
                LOGIC,
                "negated-left-side",
                say("`!` belongs to the left side only; put the whole test in parentheses."),
            )
    for literal in js.all("object"):
        seen: set[str] = set()
        for pair in (one for one in literal.named_children if one.type == "pair"):
            key = pair.child_by_field_name("key")
            if key is None or key.type not in {"property_identifier", "string", "number"}:
                continue
            name = js.text(key)[1:-1] if key.type == "string" else js.text(key)
            if name in seen:
                yield Found(
                    js.place(pair),
                    LOGIC,
                    "key-twice",
                    say("`{name}` stands above already: that value is lost.", name=name),
                )
            seen.add(name)
    for block in js.all("statement_block"):
        for statement, following in itertools.pairwise([one for one in block.named_children if one.type != "comment"]):
            if statement.type in _ENDING and following.type not in {
                "function_declaration",
                "generator_function_declaration",
                "class_declaration",
                *_ENDING,
            }:
                yield Found(
                    js.place(following),
                    LOGIC,
                    "unreachable-code",
                    say("Nothing reaches this: the statement above always leaves the block."),
                )
                break


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (
    assigned_in_condition,
    past_the_end,
    never_ending,
    compared_with_nan,
    falls_through,
    contradiction,
    repeated_branch,
    result_thrown_away,
    sorted_as_text,
    skipping_splice,
    position_as_condition,
    missing_result,
    not_awaited,
    timer_as_function,
    chained_comparison,
)
