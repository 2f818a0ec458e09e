"""Conditions of JavaScript that do not test what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.bounds import Bound, implied_by
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node, unwrapped
from qwen_lsp.syntax.tree import walk

_LITERALS = frozenset({"string", "number", "true", "false", "null", "template_string"})
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
            test = unwrapped(at.child_by_field_name("condition"))
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


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (
    assigned_in_condition,
    compared_with_nan,
    contradiction,
    repeated_branch,
    position_as_condition,
)
