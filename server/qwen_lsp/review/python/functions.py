"""Functions of Python: defaults that are shared, variables looked up too late, arguments in the wrong order."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.changing import (
    is_assigned_here,
    is_changed_here,
    is_new_container,
    methods,
    own_attributes,
    self_name,
)
from qwen_lsp.review.python.classes import is_shared_on_purpose
from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode, local_nodes

_NEW_EACH_TIME = frozenset(
    [
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.monotonic",
        "uuid.uuid4",
        "random.random",
        "random.randint",
    ]
)
_TURNING = re.compile(r"(?i)swap|flip|turn|rotat|transpos|revers|invers|mirror|exchange|landscape|portrait")


def shared_default(code: PythonCode) -> Iterator[Found]:
    """``def add(tag, tags=[])``, where the default is changed."""
    for function in code.functions():
        for argument, default in _defaults(function):
            name = argument.arg
            if not is_new_container(code, default) or name.startswith("_") or is_shared_on_purpose(name):
                continue
            if (
                isinstance(default, ast.List)
                and default.elts
                and all(isinstance(one, ast.Name | ast.Constant) for one in default.elts)
                and not _grows(code, function, name)
            ):
                continue  # `count=[0]`, a cell that is meant to keep its value
            if _is_changed(code, function, name) or _is_changed_later(code, function, name):
                yield Found(
                    code.place(default),
                    LOGIC,
                    "shared-default",
                    say(
                        "All calls without `{name}` share this one object, and what one call changes the next one "
                        "finds.",
                        name=name,
                    ),
                    _made_in_call(code, function, name, default),
                )


def _defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    yield from zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield one, default


def _made_in_call(code: PythonCode, function: Function, name: str, default: ast.expr) -> Change | None:
    """Return the change by which each call without ``name`` evaluates its default anew."""
    first = function.body[1] if _has_docstring(function) and len(function.body) > 1 else function.body[0]
    margin = code.snapshot.line(first.lineno - 1)[: first.col_offset]
    if margin.strip():
        return None
    deeper = margin + (margin[-4:] or "    ")
    made = f"{margin}if {name} is None:\n{deeper}{name} = {code.text(default)}"
    edits = (code.replaced(default, "None"), code.line_inserted(first.lineno - 1, made))
    return Change(say("Make a new one in each call"), edits)


def _grows(code: PythonCode, function: Function, name: str) -> bool:
    """Return whether a method of what ``name`` holds is called, or an attribute keeps it."""
    uses = [one for one in local_nodes(function) if isinstance(one, ast.Name) and one.id == name]
    return any(isinstance(code.parent(one), ast.Attribute | ast.Assign | ast.AnnAssign) for one in uses)


def _has_docstring(function: Function) -> bool:
    first = function.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _is_changed(code: PythonCode, function: Function, name: str) -> bool:
    for node in local_nodes(function):
        if isinstance(node, ast.Name) and node.id == name:
            if is_changed_here(code, node):
                return True
            if isinstance(node.ctx, ast.Store):
                return False  # `tags = list(tags)`: what is changed then is another object
    return False


def _is_changed_later(code: PythonCode, function: Function, name: str) -> bool:
    """Return whether ``self.items = items`` keeps the default, and a method changes it there."""
    holder = code.parent(function)
    if not isinstance(holder, ast.ClassDef):
        return False
    stores = [one for one in local_nodes(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    if any(one.id == name for one in stores):
        return False
    for statement in function.body:
        kept = _kept_as(statement, self_name(function), name)
        if kept and any(_changes_attribute(code, method, kept, function) for method in methods(holder)):
            return True
    return False


def _kept_as(statement: ast.stmt, own: str, name: str) -> str:
    """Return the attribute of the object that a statement gives the value of ``name``, or ""."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return ""
    is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == own
    is_kept = isinstance(statement.value, ast.Name) and statement.value.id == name
    return target.attr if isinstance(target, ast.Attribute) and is_own and is_kept else ""


def _changes_attribute(code: PythonCode, method: Function, kept: str, keeping: Function) -> bool:
    uses = [one for one in own_attributes(method) if one.attr == kept]
    assigned = sum(is_assigned_here(code, one) for one in uses)
    return assigned == (method is keeping) and any(is_changed_here(code, one) for one in uses)


def late_variable(code: PythonCode) -> Iterator[Found]:
    """``handlers[digit] = lambda: type(digit)``, in a loop over ``digit``."""
    for function in code.nodes(ast.Lambda):
        variables = _variables_around(code, function)
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


def _variables_around(code: PythonCode, function: ast.Lambda) -> set[str]:
    """Return the variables of the loop or the comprehension that makes a function in each round, and keeps it."""
    holder = code.parent(function)
    if isinstance(holder, ast.ListComp | ast.DictComp) and not any(
        isinstance(one, ast.Lambda | ast.GeneratorExp) for one in code.above(function)
    ):
        targets = [one.target for one in holder.generators]
    else:
        loop = next((one for one in code.above(function) if isinstance(one, (ast.For, *FUNCTIONS))), None)
        targets = [loop.target] if isinstance(loop, ast.For) and _is_kept(code, function) else []
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}


def late_variable_of_function(code: PythonCode) -> Iterator[Found]:
    """``def press(): show(digit)``, in a loop over ``digit`` that keeps the function."""
    for function in code.functions():
        loop = code.parent(function)
        if not isinstance(loop, ast.For) or function not in loop.body or function.decorator_list:
            continue
        variables = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
        names = [one for statement in function.body for one in ast.walk(statement) if isinstance(one, ast.Name)]
        own = {one.id for one in names if not isinstance(one.ctx, ast.Load)}
        own |= {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        late = next((one for one in names if one.id in variables - own), None)
        uses = [one for one in ast.walk(loop) if isinstance(one, ast.Name) and one.id == function.name]
        if late is None or not uses or not all(_is_appended(code, one) for one in uses):
            continue
        if any(isinstance(one, ast.Break | ast.Return) for one in ast.walk(loop) if code.function(one) is not function):
            continue
        yield Found(
            code.place(late),
            LOGIC,
            "late-variable",
            say(
                "`{name}` is looked up when this function is called: each of them then sees the value of the last "
                "round.",
                name=late.id,
            ),
        )


def _is_appended(code: PythonCode, use: ast.Name) -> bool:
    user = code.parent(use)
    if isinstance(user, ast.Assign):
        return user.value is use and isinstance(user.targets[0], ast.Subscript)
    return isinstance(user, ast.Call) and isinstance(user.func, ast.Attribute) and user.func.attr == "append"


def default_evaluated_once(code: PythonCode) -> Iterator[Found]:
    """``def stamp(text, at=datetime.now())``."""
    for function in code.functions():
        for argument, default in _defaults(function):
            if isinstance(default, ast.Call) and code.dotted(default.func) in _NEW_EACH_TIME:
                yield Found(
                    code.place(default),
                    LOGIC,
                    "default-evaluated-once",
                    say(
                        "A default is evaluated once, when the function is defined: each call without `{name}` gets "
                        "this same value.",
                        name=argument.arg,
                    ),
                    _made_in_call(code, function, argument.arg, default),
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
    late_variable_of_function,
    default_evaluated_once,
    swapped_arguments,
)
