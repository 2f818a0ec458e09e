"""Iterators of Python: those that end too early, and those that are read to their end twice."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode, is_parameter, local_nodes

_CATCHING = frozenset(["StopIteration", "Exception", "BaseException"])
_ONCE = frozenset(["map", "filter", "zip", "iter", "reversed", "enumerate", "csv.reader", "csv.DictReader"])
_KEPT_AS_LIST = frozenset(["map", "filter", "zip", "reversed", "enumerate"])
_READING_ALL = frozenset(
    [
        "sum",
        "min",
        "max",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "dict",
        "collections.Counter",
        "collections.deque",
        "math.fsum",
        "math.prod",
        "statistics.mean",
        "statistics.fmean",
        "statistics.median",
    ]
)
_READING_ALL_METHODS = frozenset(["join", "extend"])
_CONDITIONAL = (ast.If, ast.IfExp, ast.BoolOp, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
_REPEATED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def next_in_generator(code: PythonCode) -> Iterator[Found]:
    """``value = next(values)`` in a generator, where nothing may be left."""
    for call in code.calls("next"):
        function = code.function(call)
        if function is None or len(call.args) != 1 or not isinstance(call.args[0], ast.Name):
            continue
        is_generator = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in local_nodes(function))
        iterated = _iterated(code, function, call.args[0])
        if not is_generator or not iterated or _is_caught(code, call) or _is_tested(function, iterated):
            continue
        change = None
        if isinstance(code.parent(call), ast.Expr):
            new = f"next({code.text(call.args[0])}, None)"
            change = Change(say("Give it a default"), (code.replaced(call, new),))
        yield Found(
            code.place(call),
            LOGIC,
            "next-in-generator",
            say(
                "Where nothing is left, `next` raises StopIteration, which in a generator becomes a RuntimeError. Give "
                "`next` a default, or catch it and return."
            ),
            change,
        )


def _iterated(code: PythonCode, function: Function, name: ast.Name) -> str:
    """Return the parameter that ``name`` was made an iterator of, or "" where it is not known to end."""
    values = code.values(name) or []
    if len(values) != 1 or not isinstance(values[0], ast.Call) or len(values[0].args) != 1:
        return ""
    argument = values[0].args[0]
    if code.dotted(values[0].func) != "iter" or not isinstance(argument, ast.Name):
        return ""
    return argument.id if code.function(values[0]) is function and is_parameter(function, argument.id) else ""


def _is_caught(code: PythonCode, call: ast.Call) -> bool:
    at: ast.AST = call
    for holder in code.above(call):
        if isinstance(holder, FUNCTIONS):
            return False
        if isinstance(holder, ast.Try) and at in holder.body:
            for handler in holder.handlers:
                caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any(one is None or code.dotted(one) in _CATCHING for one in caught):
                    return True
        if isinstance(holder, ast.With):
            managers = [one.context_expr for one in holder.items if isinstance(one.context_expr, ast.Call)]
            if any(code.dotted(one.func).endswith("suppress") for one in managers):
                return True
        at = holder
    return False


def _is_tested(function: Function, name: str) -> bool:
    """Return whether a function asks whether there is something in what it reads, or may count on it."""
    if function.name.startswith("_") or re.search(
        r"(?i)non-?empty|not empty|at least|must", ast.get_docstring(function) or ""
    ):
        return True
    tests = [one.test for one in ast.walk(function) if isinstance(one, ast.If | ast.IfExp | ast.While | ast.Assert)]
    measured = [
        one
        for one in ast.walk(function)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "len"
    ]
    return any(isinstance(one, ast.Name) and one.id == name for each in (*tests, *measured) for one in ast.walk(each))


def exhausted_iterator(code: PythonCode) -> Iterator[Found]:
    """``sum(prices) / len(list(prices))``, where ``prices`` is a generator."""
    for holder in (code.tree, *code.functions()):
        for statement in local_nodes(holder):
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                continue
            target, value = statement.targets[0], statement.value
            if not isinstance(target, ast.Name) or not _is_read_once(code, value):
                continue
            uses = _uses(code, holder, target)
            reads = [one for one in uses or () if _reads_all(code, one)]
            second = next((b for a in reads for b in reads if _follows(code, statement, a, b)), None)
            repeated = next((one for one in reads if _is_repeated(code, statement, one)), None)
            late = second or repeated
            if uses is None or late is None:
                continue
            words = (
                say(
                    "`{name}` can be read once only, and was read to its end before: nothing is left of it here.",
                    name=target.id,
                )
                if second is not None
                else say(
                    "`{name}` can be read once only: from the second round on nothing is left of it.", name=target.id
                )
            )
            change = _as_list(code, value) if len(reads) == len(uses) else None
            yield Found(code.place(_reader(code, late)), LOGIC, "exhausted-iterator", words, change)


def _is_read_once(code: PythonCode, value: ast.expr) -> bool:
    if isinstance(value, ast.GeneratorExp):
        return True
    if not isinstance(value, ast.Call) or code.dotted(value.func) not in _ONCE or not value.args:
        return False
    # `iter(function, end)` may begin again.
    return code.dotted(value.func) != "iter" or len(value.args) == 1


def _uses(code: PythonCode, holder: ast.AST, target: ast.Name) -> list[ast.Name] | None:
    """Return the places in order that read a variable, or None where it is assigned again or read elsewhere."""
    found = []
    for one in ast.walk(holder):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "seek":
            return None
        if isinstance(one, ast.Global | ast.Nonlocal) and target.id in one.names:
            return None
        if isinstance(one, ast.ExceptHandler | ast.arg) and target.id in {
            getattr(one, "name", ""),
            getattr(one, "arg", ""),
        }:
            return None
        if isinstance(one, ast.Name) and one.id == target.id and one is not target:
            is_here = (code.function(one) or code.tree) is holder
            if not isinstance(one.ctx, ast.Load) or not is_here:
                return None
            found.append(one)
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def _reads_all(code: PythonCode, use: ast.Name) -> bool:
    """Return whether an iterator is read to its end where it stands."""
    user = code.parent(use)
    if isinstance(user, ast.For):
        leaves = [one for statement in user.body for one in [statement, *local_nodes(statement)]]
        return user.iter is use and not any(isinstance(one, ast.Break | ast.Return) for one in leaves)
    if isinstance(user, ast.comprehension):
        made = code.parent(user)
        if not isinstance(made, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return False
        is_whole = not isinstance(made, ast.GeneratorExp) or _is_read_by_call(code, made)
        return is_whole and made.generators[0] is user and user.iter is use
    return _is_read_by_call(code, use)


def _is_read_by_call(code: PythonCode, node: ast.expr) -> bool:
    call = code.parent(node)
    if not isinstance(call, ast.Call) or not call.args or call.args[0] is not node:
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr in _READING_ALL_METHODS:
        return len(call.args) == 1
    name = code.dotted(call.func)
    return name in _READING_ALL and (len(call.args) == 1 or name not in {"min", "max"})


def _reader(code: PythonCode, use: ast.Name) -> ast.expr | ast.stmt:
    user = code.parent(use)
    user = code.parent(user) if isinstance(user, ast.comprehension) else user
    return user if isinstance(user, ast.expr | ast.stmt) else use


def _follows(code: PythonCode, made: ast.Assign, first: ast.Name, second: ast.Name) -> bool:
    """Return whether whoever comes to ``second`` has come through ``first``, and that after ``made``."""
    if (first.lineno, first.col_offset) >= (second.lineno, second.col_offset):
        return False
    if isinstance(code.parent(_reader(code, second)), ast.Assert | ast.UnaryOp | ast.Compare):
        return False  # `assert not list(rest)`: that nothing is left is what is asked
    own = {id(_reader(code, first))}
    above_second = _branches(code, second, set())
    if any(id(one) in own for one in code.above(second)):
        return False
    return _branches(code, made, set()) <= _branches(code, first, own) <= above_second


def _is_repeated(code: PythonCode, made: ast.Assign, use: ast.Name) -> bool:
    """Return whether a loop reads all of it in each round, and is never left early."""
    own = {id(_reader(code, use))}
    decided = _branches(code, use, own) - _branches(code, made, set())
    for loop in code.above(use):
        if isinstance(loop, ast.For | ast.While) and id(loop) not in own:
            leaves = [one for statement in loop.body for one in [statement, *local_nodes(statement)]]
            is_left = any(isinstance(one, ast.Break | ast.Return | ast.Raise) for one in leaves)
            return decided == {(id(loop), "body")} and not is_left
    return False


def _branches(code: PythonCode, node: ast.AST, own: set[int]) -> set[tuple[int, str]]:
    """Return what decides whether ``node`` runs: what is above it, each with the branch."""
    found: set[tuple[int, str]] = set()
    at = node
    for holder in code.above(node):
        is_decided = isinstance(holder, (*_CONDITIONAL, *_REPEATED, ast.ExceptHandler, ast.match_case))
        if is_decided and id(holder) not in own:
            fields = ("body", "orelse", "finalbody", "handlers", "cases")
            branch = next((one for one in fields if _holds(getattr(holder, one, None), at)), "head")
            if branch != "head" or isinstance(holder, (*_REPEATED, ast.BoolOp)):
                found.add((id(holder), branch))
        at = holder
    return found


def _holds(field: object, node: ast.AST) -> bool:
    return node in field if isinstance(field, list) else field is node


def _as_list(code: PythonCode, value: ast.expr) -> Change | None:
    text = code.text(value)
    if isinstance(value, ast.GeneratorExp) and text.startswith("(") and text.endswith(")"):
        new = f"[{text[1:-1]}]"
    elif isinstance(value, ast.Call) and code.dotted(value.func) in _KEPT_AS_LIST:
        new = f"list({text})"
    else:
        return None
    return Change(say("Keep the items in a list"), (code.replaced(value, new),))


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    next_in_generator,
    exhausted_iterator,
)
