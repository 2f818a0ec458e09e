"""Loops, cases and blocks of JavaScript that run otherwise than they seem to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node, unwrapped
from qwen_lsp.syntax.tree import walk

_ENDING = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement"})


def past_the_end(js: JavaScript) -> Iterator[Found]:
    """``i <= values.length`` in a loop that reads ``values[i]``."""
    for loop in js.all("for_statement"):
        condition, body = loop.child_by_field_name("condition"), loop.child_by_field_name("body")
        test = unwrapped(condition)
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


def never_ending(js: JavaScript) -> Iterator[Found]:
    """``for (let i = 0; i < n; i--)``."""
    for loop in js.all("for_statement"):
        test, step = unwrapped(loop.child_by_field_name("condition")), loop.child_by_field_name("increment")
        if test is None or step is None or test.type != "binary_expression" or step.type != "update_expression":
            continue
        sign, left = test.child_by_field_name("operator"), test.child_by_field_name("left")
        if sign is None or left is None or js.text(left) != js.squeezed(step).strip("+-"):
            continue
        down = "--" in js.text(step)
        if (sign.type in {"<", "<="} and down) or (sign.type in {">", ">="} and not down):
            yield Found(js.place(step), LOGIC, "wrong-direction", say("The loop counts away from its end."))


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


def skipping_splice(js: JavaScript) -> Iterator[Found]:
    """``items.splice(i, 1)`` in a loop with ``i++``."""
    for loop in js.all("for_statement"):
        step, body = loop.child_by_field_name("increment"), loop.child_by_field_name("body")
        test = unwrapped(loop.child_by_field_name("condition"))
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
    past_the_end,
    never_ending,
    falls_through,
    skipping_splice,
    chained_comparison,
)
