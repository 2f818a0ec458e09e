"""Conditions that do not test what they say."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.bounds import Bound, implied_by
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import PythonCode

_NANS = frozenset({"math.nan", "numpy.nan", "numpy.NaN", "np.nan"})
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def compared_by_identity(code: PythonCode) -> Iterator[Found]:
    """``version is 3``."""
    for compare in code.nodes(ast.Compare):
        operands = [compare.left, *compare.comparators]
        for operator, (left, right) in zip(compare.ops, itertools.pairwise(operands), strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and (_is_literal(left) or _is_literal(right)):
                change = None
                if len(compare.ops) == 1:
                    sign = "==" if isinstance(operator, ast.Is) else "!="
                    new = f"{code.text(left)} {sign} {code.text(right)}"
                    change = Change(say("Compare with {sign}", sign=sign), (code.replaced(compare, new),))
                yield Found(
                    code.place(compare),
                    LOGIC,
                    "compared-by-identity",
                    say("`is` asks whether both are one object, which says nothing about the value of a literal."),
                    change,
                )


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes | int | float) and not isinstance(node.value, bool)
    return isinstance(node, ast.List | ast.Dict | ast.Set | ast.Tuple)


def compared_with_nan(code: PythonCode) -> Iterator[Found]:
    """``value == math.nan``."""
    for compare in code.nodes(ast.Compare):
        if len(compare.ops) != 1 or not isinstance(compare.ops[0], ast.Eq | ast.NotEq):
            continue
        left, right = compare.left, compare.comparators[0]
        for nan, other in ((left, right), (right, left)):
            if not _is_nan(code, nan):
                continue
            module = code.dotted(nan).partition(".")[0] if isinstance(nan, ast.Attribute) else ""
            change = None
            if module == "math" and isinstance(nan, ast.Attribute):
                sign = "not " if isinstance(compare.ops[0], ast.NotEq) else ""
                new = f"{sign}{code.text(nan.value)}.isnan({code.text(other)})"
                change = Change(say("Ask math.isnan"), (code.replaced(compare, new),))
            yield Found(
                code.place(compare),
                LOGIC,
                "compared-with-nan",
                say("Not a number is equal to nothing, not even to itself: this comparison never changes its result."),
                change,
            )
            break


def _is_nan(code: PythonCode, node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return code.dotted(node.func) == "float" and any(
            isinstance(one, ast.Constant) and str(one.value).lower() == "nan" for one in node.args
        )
    return code.dotted(node) in _NANS


def constant_alternative(code: PythonCode) -> Iterator[Found]:
    """``role == "admin" or "editor"``."""
    for test in _tests(code):
        for either in (one for one in ast.walk(test) if isinstance(one, ast.BoolOp)):
            constants = [
                one for one in either.values if isinstance(one, ast.Constant) and isinstance(one.value, str | int)
            ]
            constants = [one for one in constants if not isinstance(one.value, bool)]
            first = either.values[0]
            if not constants or not isinstance(first, ast.Compare) or len(first.ops) != 1:
                continue
            change = None
            if (
                isinstance(first.ops[0], ast.Eq)
                and isinstance(either.op, ast.Or)
                and len(constants) == len(either.values) - 1
            ):
                choices = ", ".join(code.text(one) for one in (first.comparators[0], *constants))
                new = f"{code.text(first.left)} in ({choices})"
                change = Change(say("Compare with each of them"), (code.replaced(either, new),))
            word = "or" if isinstance(either.op, ast.Or) else "and"
            yield Found(
                code.place(either),
                LOGIC,
                "constant-alternative",
                say(
                    "`{word} {constant}` is not compared with anything: a constant decides the condition by itself.",
                    word=word,
                    constant=code.text(constants[0]),
                ),
                change,
            )


def _tests(code: PythonCode) -> Iterator[ast.expr]:
    yield from (node.test for node in code.nodes(ast.If))
    yield from (node.test for node in code.nodes(ast.While))
    yield from (node.test for node in code.nodes(ast.IfExp))
    yield from (node.test for node in code.nodes(ast.Assert))
    for comprehension in code.nodes(ast.comprehension):
        yield from comprehension.ifs


def always_a_tuple(code: PythonCode) -> Iterator[Found]:
    """``assert (total > 0, "empty")``."""
    for test in _tests(code):
        if isinstance(test, ast.Tuple) and test.elts:
            yield Found(
                code.place(test),
                LOGIC,
                "tuple-as-condition",
                say("A tuple that is not empty is always true: the condition in it is never tested."),
            )


def repeated_branch(code: PythonCode) -> Iterator[Found]:
    """A branch whose condition was true before, or cannot be true any more."""
    for head in code.nodes(ast.If):
        parent = code.parent(head)
        if isinstance(parent, ast.If) and parent.orelse == [head]:
            continue
        seen: list[ast.expr] = []
        at: ast.If | None = head
        while at is not None:
            earlier = next((one for one in seen if _covers(one, at.test)), None)
            if earlier is not None and not any(isinstance(one, ast.Call | ast.NamedExpr) for one in ast.walk(at.test)):
                yield Found(
                    code.place(at),
                    LOGIC,
                    "unreachable-branch",
                    say(
                        "This branch is never taken: where its condition holds, `{earlier}` above has been true "
                        "already.",
                        earlier=code.text(earlier),
                    ),
                )
            seen.append(at.test)
            at = at.orelse[0] if len(at.orelse) == 1 and isinstance(at.orelse[0], ast.If) else None


def _covers(earlier: ast.expr, later: ast.expr) -> bool:
    if ast.dump(earlier) == ast.dump(later):
        return True
    if isinstance(later, ast.BoolOp) and isinstance(later.op, ast.And):
        return any(_covers(earlier, one) for one in later.values)
    first, second = _bound(earlier), _bound(later)
    return first is not None and second is not None and implied_by(first, second)


def _bound(test: ast.expr) -> Bound | None:
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPERATORS:
        right = test.comparators[0]
        if (
            isinstance(right, ast.Constant)
            and isinstance(right.value, int | float)
            and not isinstance(right.value, bool)
        ):
            return Bound(ast.dump(test.left), _OPERATORS[type(test.ops[0])], right.value)
    return None


def contradiction(code: PythonCode) -> Iterator[Found]:
    """``x == 1 and x == 2``, ``x != 1 or x != 2``."""
    for both in code.nodes(ast.BoolOp):
        wanted = ast.Eq if isinstance(both.op, ast.And) else ast.NotEq
        sides = [_equality(one, wanted) for one in both.values]
        known = [one for one in sides if one is not None]
        clash = any(a[0] == b[0] and a[1] != b[1] for a, b in itertools.combinations(known, 2))
        if clash:
            yield contradicting(code, both)


def contradicting(code: PythonCode, both: ast.BoolOp) -> Found:
    """Return what is said of a condition that never changes, with the other operator as its fix."""
    never = isinstance(both.op, ast.And)
    word = "or" if never else "and"
    new = f" {word} ".join(code.text(one) for one in both.values)
    return Found(
        code.place(both),
        LOGIC,
        "constant-condition",
        say("No value is equal to both: this is never true.")
        if never
        else say("Every value differs from one of them: this is always true."),
        Change(say("Use `{word}`", word=word), (code.replaced(both, new),)) if len(both.values) == 2 else None,
    )


def _equality(node: ast.expr, wanted: type[ast.cmpop]) -> tuple[str, object] | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], wanted):
        right = node.comparators[0]
        is_pure = not any(isinstance(one, ast.Call) for one in ast.walk(node.left))
        if isinstance(right, ast.Constant) and right.value is not None and is_pure:
            return ast.dump(node.left), right.value
    return None


def length_never_negative(code: PythonCode) -> Iterator[Found]:
    """``len(x) >= 0``, ``len(x) < 0``."""
    for compare in code.nodes(ast.Compare):
        if (
            len(compare.ops) == 1
            and isinstance(compare.left, ast.Call)
            and code.dotted(compare.left.func) == "len"
            and isinstance(compare.ops[0], ast.GtE | ast.Lt)
            and isinstance(compare.comparators[0], ast.Constant)
            and compare.comparators[0].value == 0
        ):
            yield Found(
                code.place(compare),
                LOGIC,
                "constant-condition",
                say("A length is never below 0: this comparison never changes its result."),
            )


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    compared_by_identity,
    compared_with_nan,
    constant_alternative,
    always_a_tuple,
    repeated_branch,
    contradiction,
    length_never_negative,
)
