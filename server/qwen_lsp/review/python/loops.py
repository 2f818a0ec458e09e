"""Loops of Python: places off by one, sums that start anew, items that are skipped."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import PythonCode, local_nodes

_RESIZING = frozenset(["remove", "pop", "popitem", "clear", "discard", "add"])


def resized_while_read(code: PythonCode) -> Iterator[Found]:
    """``for key in d: del d[key]``."""
    for loop in code.nodes(ast.For):
        over = loop.iter
        if (
            isinstance(over, ast.Call)
            and isinstance(over.func, ast.Attribute)
            and over.func.attr in {"keys", "values", "items"}
        ):
            over = over.func.value
        if not isinstance(over, ast.Name | ast.Attribute):
            continue
        name = code.dotted(over)
        for node in (each for statement in loop.body for each in [statement, *local_nodes(statement)]):
            changed: ast.expr | None = None
            if isinstance(node, ast.Delete) and isinstance(node.targets[0], ast.Subscript):
                changed = node.targets[0].value
            elif (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Attribute)
            ):
                changed = node.value.func.value if node.value.func.attr in _RESIZING else None
            if changed is None or code.dotted(changed) != name or not name or _leaves(code, node, loop):
                continue
            change = None
            if isinstance(loop.iter, ast.Name | ast.Attribute | ast.Call):
                new = f"list({code.text(loop.iter)})"
                change = Change(say("Go through a copy"), (code.replaced(loop.iter, new),))
            yield Found(
                code.place(changed),
                LOGIC,
                "resized-while-read",
                say(
                    "`{name}` is changed while the loop reads it: items are skipped, or the loop ends with an error.",
                    name=code.text(over),
                ),
                change,
            )


def _leaves(code: PythonCode, node: ast.AST, loop: ast.For) -> bool:
    """Return whether the loop is left after ``node``."""
    at: ast.AST = node
    while at is not loop:
        holder = code.parent(at)
        if holder is None:
            return False
        for field in ("body", "orelse"):
            block = getattr(holder, field, None)
            rest = block[block.index(at) :] if isinstance(block, list) and at in block else []
            if any(isinstance(one, ast.Break | ast.Return | ast.Raise) for one in rest):
                return True
        at = holder
    return False


def past_the_end(code: PythonCode) -> Iterator[Found]:
    """``values[i + 1]``, for each i below ``len(values)``."""
    for loop in code.nodes(ast.For):
        bounds = _range_over(code, loop)
        if bounds is None or not isinstance(loop.target, ast.Name):
            continue
        name, index, extra = bounds[0], loop.target.id, bounds[1]
        if any(
            isinstance(one, ast.If | ast.IfExp | ast.Try | ast.comprehension | ast.BoolOp) and _mentions(one, index)
            for one in ast.walk(loop)
        ):
            continue
        for item in (one for one in ast.walk(loop) if isinstance(one, ast.Subscript)):
            ahead = _offset(item.slice, index)
            if code.dotted(item.value) != name or ahead is None or ahead + extra <= 0 or ahead < 0:
                continue
            change = None
            stop = loop.iter.args[-1] if isinstance(loop.iter, ast.Call) and len(loop.iter.args) < 3 else None
            if stop is not None and ahead > 0 and extra == 0:
                change = Change(say("End the loop earlier"), (code.replaced(stop, f"{code.text(stop)} - {ahead}"),))
            elif stop is not None and isinstance(stop, ast.BinOp) and ahead == 0:
                change = Change(say("End the loop earlier"), (code.replaced(stop, code.text(stop.left)),))
            yield Found(
                code.place(item),
                LOGIC,
                "past-the-end",
                say("In the last round this reads past the end of `{name}`.", name=name),
                change,
            )
            break


def _range_over(code: PythonCode, loop: ast.For) -> tuple[str, int] | None:
    """Return the sequence that ``range(len(...))`` goes over, and how far beyond its end the range goes."""
    call = loop.iter
    if not isinstance(call, ast.Call) or code.dotted(call.func) != "range" or not 1 <= len(call.args) <= 2:
        return None
    stop: ast.expr = call.args[-1]
    extra = 0
    if isinstance(stop, ast.BinOp):
        added = _added(stop)
        if added is None:
            return None
        stop, extra = stop.left, added
    if isinstance(stop, ast.Call) and code.dotted(stop.func) == "len" and len(stop.args) == 1:
        name = code.dotted(stop.args[0])
        return (name, extra) if name and not name.endswith(")") else None
    return None


def _added(sum_: ast.BinOp) -> int | None:
    """Return the whole number that is added or taken away on the right."""
    right = sum_.right
    if isinstance(sum_.op, ast.Add | ast.Sub) and isinstance(right, ast.Constant) and isinstance(right.value, int):
        return right.value if isinstance(sum_.op, ast.Add) else -right.value
    return None


def _offset(index: ast.expr, name: str) -> int | None:
    if isinstance(index, ast.Name) and index.id == name:
        return 0
    if isinstance(index, ast.BinOp) and isinstance(index.left, ast.Name) and index.left.id == name:
        return _added(index)
    return None


def _mentions(node: ast.AST, name: str) -> bool:
    test = getattr(node, "test", node)
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(test))


def restarted_sum(code: PythonCode) -> Iterator[Found]:
    """``total = 0`` in the loop that adds to it."""
    loops: list[ast.For | ast.While] = [*code.nodes(ast.For), *code.nodes(ast.While)]
    for loop in loops:
        for at, statement in enumerate(loop.body):
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                continue
            target, start = statement.targets[0], statement.value
            if not isinstance(target, ast.Name) or not isinstance(start, ast.Constant):
                continue
            if not isinstance(start.value, int | float) or isinstance(start.value, bool) or start.value:
                continue
            uses = [one for one in ast.walk(loop) if isinstance(one, ast.Name) and one.id == target.id]
            added = [
                one
                for one in loop.body[at + 1 :]
                if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name) and one.target.id == target.id
            ]
            holder = code.function(loop) or code.tree
            later = [
                one
                for one in local_nodes(holder)
                if isinstance(one, ast.Name)
                and one.id == target.id
                and isinstance(one.ctx, ast.Load)
                and one.lineno > (loop.end_lineno or 0)
            ]
            if added and later and len(uses) == 1 + len(added):
                yield Found(
                    code.place(statement),
                    LOGIC,
                    "restarted-sum",
                    say(
                        "`{name}` starts anew in each round: after the loop it holds the last item only.",
                        name=target.id,
                    ),
                )


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    resized_while_read,
    past_the_end,
    restarted_sum,
)
