"""Whether the end of a block is reached: a small flow analysis that rather says no."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from qwen_lsp.review.python.code import FUNCTIONS, PythonCode

_NEVER_RETURNING = re.compile(
    r"(?i)exit|abort|fail|error|die\b|panic|raise|throw|unreachable|never|skip|exec[lv]|stop|quit|unexpected|impossible"
    r"|invalid|bad_|reject|usage|forever|assert|unimplemented|unsupported|_check$"
)
_ENDLESS = frozenset(["itertools.count", "itertools.cycle", "itertools.repeat"])
_OPPOSITES: tuple[frozenset[type[ast.cmpop]], ...] = (
    frozenset({ast.Lt, ast.Gt, ast.Eq}),
    frozenset({ast.Lt, ast.GtE}),
    frozenset({ast.LtE, ast.Gt}),
    frozenset({ast.Eq, ast.NotEq}),
    frozenset({ast.Is, ast.IsNot}),
    frozenset({ast.In, ast.NotIn}),
)
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


def is_end_reached(code: PythonCode, block: Sequence[ast.stmt]) -> bool:
    """Return whether control may come to what follows ``block``, for certain; calls that may not return count as such.

    Branches that may cover all cases (of an enumeration, or the types of a union) count as doing so.
    """
    if not all(_is_passed(code, one) for one in block):
        return False
    return not _covers_all(code, _tail_tests(code, block))


def _is_passed(code: PythonCode, node: ast.stmt) -> bool:
    if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return False
    if isinstance(node, ast.Expr):
        return not _never_returns(code, node.value)
    if isinstance(node, ast.Assert):
        return not (isinstance(node.test, ast.Constant) and not node.test.value)
    if isinstance(node, ast.If):
        return _is_if_passed(code, node)
    if isinstance(node, ast.While | ast.For | ast.AsyncFor):
        return _is_loop_passed(code, node)
    if isinstance(node, ast.Try | ast.TryStar):
        inner = is_end_reached(code, [*node.body, *node.orelse])
        return is_end_reached(code, node.finalbody) and (
            inner or any(is_end_reached(code, one.body) for one in node.handlers)
        )
    if isinstance(node, ast.With | ast.AsyncWith):
        return is_end_reached(code, node.body) or any(_suppresses(code, one.context_expr) for one in node.items)
    if isinstance(node, ast.Match):
        return any(is_end_reached(code, one.body) for one in node.cases)
    return True


def _is_if_passed(code: PythonCode, node: ast.If) -> bool:
    if isinstance(node.test, ast.Constant):
        return is_end_reached(code, node.body if node.test.value else node.orelse)
    return is_end_reached(code, node.body) or is_end_reached(code, node.orelse)


def _is_loop_passed(code: PythonCode, node: ast.While | ast.For | ast.AsyncFor) -> bool:
    if any(isinstance(one, ast.Break) for one in _of_loop(node.body)):
        return True
    if isinstance(node, ast.While):
        if isinstance(node.test, ast.Constant) and node.test.value:
            return False
    else:
        called = code.dotted(node.iter.func) if isinstance(node.iter, ast.Call) else ""
        leaves = [one for statement in node.body for one in ast.walk(statement)]
        is_retrying = any(isinstance(one, ast.Raise) for one in leaves) and any(
            isinstance(one, ast.Return) for one in leaves
        )
        # `for attempt in range(3)`, whose last round raises.
        if called in _ENDLESS or (called in {"range", "enumerate"} and is_retrying):
            return False
        if isinstance(node.iter, ast.List | ast.Tuple) and not is_end_reached(code, node.body):
            return False
    return is_end_reached(code, node.orelse)


def _of_loop(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a loop, without those of loops and functions inside."""
    for one in block:
        yield one
        if isinstance(one, ast.For | ast.AsyncFor | ast.While):
            yield from _of_loop(one.orelse)
        elif not isinstance(one, (*FUNCTIONS, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody"):
                yield from _of_loop(getattr(one, field, []))
            for inner in (*getattr(one, "handlers", []), *getattr(one, "cases", [])):
                yield from _of_loop(inner.body)


def _never_returns(code: PythonCode, node: ast.expr) -> bool:
    call = node.value if isinstance(node, ast.Await) else node
    if not isinstance(call, ast.Call):
        return False
    name = code.dotted(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    if name.startswith(("logging.", "log.", "logger.", "_log.", "_logger.", "self.logger.", "self.log.", "warnings.")):
        return False
    last = name.rpartition(".")[2]
    if _NEVER_RETURNING.search(last):
        return True
    own = code.functions_by_name.get(last, [])
    return any(
        (one.returns is not None and re.search(r"NoReturn|Never", code.text(one.returns)))
        or isinstance(one.body[-1], ast.Raise)
        for one in own
    )


def _suppresses(code: PythonCode, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and code.dotted(node.func) in {"contextlib.suppress", "suppress"}


def _tail_tests(code: PythonCode, block: Sequence[ast.stmt]) -> list[ast.expr]:
    """Return the tests at the end of a block that leave it where they hold."""
    found: list[ast.expr] = []
    for statement in reversed(block):
        if not isinstance(statement, ast.If):
            break
        at: ast.If | None = statement
        while at is not None:
            if is_end_reached(code, at.body) or (at.orelse and not isinstance(at.orelse[0], ast.If)):
                return found
            found.append(at.test)
            at = at.orelse[0] if len(at.orelse) == 1 and isinstance(at.orelse[0], ast.If) else None
    return found


def _covers_all(code: PythonCode, tests: list[ast.expr]) -> bool:
    """Return whether one of several tests may hold in any case."""
    shown = {ast.dump(one) for one in tests}
    if any(
        isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not) and ast.dump(one.operand) in shown for one in tests
    ):
        return True
    operators: dict[str, set[type[ast.cmpop]]] = {}
    alternatives: dict[str, int] = {}
    for test in tests:
        if isinstance(test, ast.Call) and code.dotted(test.func) == "isinstance" and test.args:
            subject = ast.dump(test.args[0])
            alternatives[subject] = alternatives.get(subject, 0) + 1
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            left, right, operator = ast.dump(test.left), ast.dump(test.comparators[0]), type(test.ops[0])
            if right < left:
                left, right, operator = right, left, _MIRRORED.get(operator, operator)
            operators.setdefault(left + right, set()).add(operator)
            if operator in {ast.Eq, ast.Is, ast.In} and not _is_open(code, test.left):
                subject = ast.dump(test.left)
                alternatives[subject] = alternatives.get(subject, 0) + 1
        else:
            # Tests of another sort may well cover what is left.
            alternatives["others"] = alternatives.get("others", 0) + 1
    return (
        any(one <= each for each in operators.values() for one in _OPPOSITES)
        or max(alternatives.values(), default=0) > 1
    )


def _is_open(code: PythonCode, node: ast.expr) -> bool:
    """Return whether a value has so many others that no list of them is complete: a parameter that is a text, say."""
    function = code.function(node)
    if not isinstance(node, ast.Name) or function is None:
        return False
    annotated = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(
        one.arg == node.id and isinstance(one.annotation, ast.Name) and one.annotation.id in {"str", "int", "float"}
        for one in annotated
    )
