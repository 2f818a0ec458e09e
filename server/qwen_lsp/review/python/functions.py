"""Functions of Python: defaults that are shared, variables looked up too late, arguments in the wrong order."""

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
    late_variable,
    swapped_arguments,
)
