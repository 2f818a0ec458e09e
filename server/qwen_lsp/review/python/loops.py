"""Loops and calls: places off by one, variables that are shared, arguments in the wrong order."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode, local_nodes

_CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "add",
        "discard",
        "update",
        "setdefault",
        "sort",
        "reverse",
    ]
)
_RESIZING = frozenset(["remove", "pop", "popitem", "clear", "discard", "add"])
_TURNING = re.compile(r"(?i)swap|flip|turn|rotat|transpos|revers|invers|mirror|exchange|landscape|portrait")


def shared_default(code: PythonCode) -> Iterator[Found]:
    """``def add(tag, tags=[])``, where the default is changed."""
    for function in code.functions():
        arguments = function.args
        plain = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)]
        pairs += [
            (one, default) for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default
        ]
        for argument, default in pairs:
            is_new = isinstance(default, ast.List | ast.Dict | ast.Set) or (
                isinstance(default, ast.Call)
                and code.dotted(default.func) in {"list", "dict", "set"}
                and not default.args
            )
            if is_new and not argument.arg.startswith("_") and _is_changed(code, function, argument.arg):
                first = function.body[1] if _has_docstring(function) and len(function.body) > 1 else function.body[0]
                margin = code.snapshot.line(first.lineno - 1)[: first.col_offset]
                change = None
                if not margin.strip():
                    name, deeper = argument.arg, margin + (margin[-4:] or "    ")
                    made = f"{margin}if {name} is None:\n{deeper}{name} = {code.text(default)}"
                    change = Change(
                        say("Make a new one in each call"),
                        (code.replaced(default, "None"), code.line_inserted(first.lineno - 1, made)),
                    )
                yield Found(
                    code.place(default),
                    LOGIC,
                    "shared-default",
                    say(
                        "All calls without `{name}` share this one object, and what one call changes the next one "
                        "finds.",
                        name=argument.arg,
                    ),
                    change,
                )


def _has_docstring(function: Function) -> bool:
    first = function.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _is_changed(code: PythonCode, function: Function, name: str) -> bool:
    for node in local_nodes(function):
        if not isinstance(node, ast.Name) or node.id != name:
            continue
        if isinstance(node.ctx, ast.Store):
            return False  # `tags = list(tags)`: what is changed then is another object
        user = code.parent(node)
        if isinstance(user, ast.Attribute) and user.attr in _CHANGING:
            return True
        if isinstance(user, ast.Subscript) and user.value is node and isinstance(user.ctx, ast.Store | ast.Del):
            return True
    return False


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


def late_variable(code: PythonCode) -> Iterator[Found]:
    """``handlers[digit] = lambda: type(digit)``, in a loop over ``digit``."""
    for function in code.nodes(ast.Lambda):
        loop = next((one for one in code.above(function) if isinstance(one, (ast.For, *FUNCTIONS))), None)
        if not isinstance(loop, ast.For) or not _is_kept(code, function):
            continue
        variables = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
        own = {one.arg for one in (*function.args.args, *function.args.kwonlyargs, *function.args.posonlyargs)}
        used = [one.id for one in ast.walk(function.body) if isinstance(one, ast.Name) and one.id in variables - own]
        if used:
            change = None
            if not own:
                text = code.text(function)
                new = text.replace("lambda", f"lambda {used[0]}={used[0]}", 1)
                change = Change(say("Keep the value of this round"), (code.replaced(function, new),))
            yield Found(
                code.place(function),
                LOGIC,
                "late-variable",
                say(
                    "`{name}` is looked up when this function is called: each of them then sees the value of the "
                    "last round.",
                    name=used[0],
                ),
                change,
            )


def _is_kept(code: PythonCode, function: ast.Lambda) -> bool:
    """Return whether the function outlives its round of the loop."""
    holder = code.parent(function)
    if isinstance(holder, ast.Assign):
        return isinstance(holder.targets[0], ast.Subscript | ast.Attribute)
    if isinstance(holder, ast.keyword):
        return holder.arg in {"command", "callback", "handler", "on_click", "target", "key"} and holder.arg != "key"
    return (
        isinstance(holder, ast.Call)
        and isinstance(holder.func, ast.Attribute)
        and holder.func.attr in {"append", "connect", "setdefault", "add_callback"}
    )


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


def swapped_arguments(code: PythonCode) -> Iterator[Found]:
    """``crop(height, width)`` of ``def crop(width, height)``."""
    functions: dict[str, list[Function]] = {}
    for function in code.functions():
        functions.setdefault(function.name, []).append(function)
    for call in code.nodes(ast.Call):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        known = functions.get(name, [])
        if len(known) != 1 or any(isinstance(one, ast.Starred) for one in call.args):
            continue
        parameters = [one.arg for one in (*known[0].args.posonlyargs, *known[0].args.args)]
        given = [one.id if isinstance(one, ast.Name) else "" for one in call.args]
        for i, j in itertools.combinations(range(min(len(given), len(parameters))), 2):
            if not given[i] or given[i] == given[j]:
                continue
            if (given[i], given[j]) == (parameters[j], parameters[i]) and not _is_on_purpose(code, call, known[0]):
                edits = (code.replaced(call.args[i], given[j]), code.replaced(call.args[j], given[i]))
                yield Found(
                    code.place(call),
                    LOGIC,
                    "swapped-arguments",
                    say(
                        "`{one}` and `{other}` are handed over in the other order than `{function}` takes them.",
                        one=given[i],
                        other=given[j],
                        function=name,
                    ),
                    Change(say("Swap them"), edits),
                )
                break


def _is_on_purpose(code: PythonCode, call: ast.Call, function: Function) -> bool:
    names = {one.id for one in call.args if isinstance(one, ast.Name)}
    for one in code.above(call):
        if isinstance(one, ast.If | ast.IfExp | ast.While):
            compared = {each.id for each in ast.walk(one.test) if isinstance(each, ast.Name)}
            if len(names & compared) > 1:
                return True
        if isinstance(one, FUNCTIONS) and (_TURNING.search(one.name) or one is function):
            return True
    return _TURNING.search(function.name) is not None


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    shared_default,
    resized_while_read,
    late_variable,
    past_the_end,
    restarted_sum,
    swapped_arguments,
)
