"""Calls of Python that do not call what was meant, and functions that are not called at all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.changing import methods, self_name
from qwen_lsp.review.python.code import Function, PythonCode, local_nodes

_RUNNING = frozenset(["threading.Thread", "multiprocessing.Process"])


def same_recursion(code: PythonCode) -> Iterator[Found]:
    """``for child in node.children: depth(node)``, in ``depth(node)``."""
    for loop in code.nodes(ast.For):
        function = code.function(loop)
        names = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
        inside = [one for statement in loop.body for one in ast.walk(statement)]
        if function is None or any(isinstance(one, ast.Name) and one.id in names for one in inside):
            continue
        if not all(name.strip("_") for name in names):
            continue
        read = {one.id for one in ast.walk(loop.iter) if isinstance(one, ast.Name)}
        for call in inside:
            if not isinstance(call, ast.Call) or code.function(call) is not function:
                continue
            given = _given(code, call, function)
            if not given or not read & given.keys() or any(_is_changed(code, function, name) for name in given):
                continue
            change = None
            if len(given) == 1 and isinstance(loop.target, ast.Name):
                (argument,) = given.values()
                change = Change(
                    say("Hand over `{name}`", name=loop.target.id), (code.replaced(argument, loop.target.id),)
                )
            yield Found(
                code.place(_statement(code, call)),
                LOGIC,
                "same-recursion",
                say(
                    "`{function}` calls itself with what it was given, and so without end; `{variable}`, which the "
                    "loop never uses, was probably meant.",
                    function=function.name,
                    variable=code.text(loop.target),
                ),
                change,
            )


def _given(code: PythonCode, call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """Return the arguments of a call of ``function`` by itself, by name, where each is its own parameter again."""
    arguments = function.args
    plain = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg or arguments.kwarg or not _is_call_of(code, call, function):
        return {}
    if isinstance(call.func, ast.Attribute):
        plain = plain[1:]
    if len(call.args) > len(plain) or any(one.arg is None for one in call.keywords):
        return {}
    given = dict(zip(plain, call.args, strict=False)) | {one.arg: one.value for one in call.keywords if one.arg}
    own = {*plain, *(one.arg for one in arguments.kwonlyargs)}
    is_same = all(isinstance(value, ast.Name) and value.id == name for name, value in given.items())
    return given if is_same and given.keys() == own else {}


def _is_call_of(code: PythonCode, call: ast.Call, function: Function) -> bool:
    called = call.func
    if isinstance(called, ast.Name):
        return called.id == function.name and not isinstance(code.parent(function), ast.ClassDef)
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.attr == function.name and called.value.id == self_name(function) != ""
    return False


def _is_changed(code: PythonCode, function: Function, name: str) -> bool:
    """Return whether a parameter may be another one, or changed, by the time of the call."""
    for one in ast.walk(function):
        if isinstance(one, ast.Name) and one.id == name:
            if not isinstance(one.ctx, ast.Load):
                return True
            user = code.parent(one)
            if isinstance(user, ast.Attribute | ast.Subscript):
                called = code.parent(user)
                if not isinstance(user.ctx, ast.Load):
                    return True
                if isinstance(called, ast.Call) and called.func is user and isinstance(code.parent(called), ast.Expr):
                    return True
    return False


def _statement(code: PythonCode, node: ast.expr) -> ast.stmt | ast.expr:
    return next((one for one in code.above(node) if isinstance(one, ast.stmt)), node)


def called_instead(code: PythonCode) -> Iterator[Found]:
    """``Thread(target=work())``, where ``work`` returns nothing."""
    for call in code.nodes(ast.Call):
        if code.dotted(call.func) not in _RUNNING:
            continue
        for keyword in call.keywords:
            target = keyword.value
            if keyword.arg != "target" or not isinstance(target, ast.Call):
                continue
            function = _function_of(code, target)
            if function is None or not _returns_nothing(function):
                continue
            change = None
            if not target.args and not target.keywords:
                change = Change(say("Hand over the function itself"), (code.replaced(target, code.text(target.func)),))
            yield Found(
                code.place(target),
                LOGIC,
                "called-instead",
                say(
                    "`{name}` runs here and now, and None is what is handed over: leave out the parentheses.",
                    name=code.text(target.func),
                ),
                change,
            )


def _function_of(code: PythonCode, call: ast.Call) -> Function | None:
    """Return the function of this module, or the method of this class, that a call names."""
    if isinstance(call.func, ast.Name):
        return _module_function(code, call.func.id)
    return _own_method(code, call.func) if isinstance(call.func, ast.Attribute) else None


def _module_function(code: PythonCode, name: str) -> Function | None:
    """Return the function with this name, where nothing else in the file has it."""
    named = code.functions_by_name.get(name, [])
    others = name in code.assigned_names or name in code.given_names or name in code.classes_by_name
    is_only = len(named) == 1 and code.parent(named[0]) is code.tree and not others
    return named[0] if is_only and not named[0].decorator_list else None


def _own_method(code: PythonCode, node: ast.Attribute) -> Function | None:
    """Return the method that ``self.name`` is for certain: nothing in the file gives this name another meaning."""
    function = code.function(node)
    holder = None if function is None else code.parent(function)
    if function is None or not isinstance(holder, ast.ClassDef) or not isinstance(node.value, ast.Name):
        return None
    named = [one for one in methods(holder) if one.name == node.attr]
    if node.value.id != self_name(function) or len(named) != 1 or named[0].decorator_list:
        return None
    is_set = any(not isinstance(one.ctx, ast.Load) for one in code.attributes_by_name[node.attr])
    return None if is_set or node.attr in code.assigned_names else named[0]


def _returns_nothing(function: Function) -> bool:
    return isinstance(function, ast.FunctionDef) and not any(
        isinstance(one, ast.Yield | ast.YieldFrom) or (isinstance(one, ast.Return) and one.value is not None)
        for one in local_nodes(function)
    )


def function_as_condition(code: PythonCode) -> Iterator[Found]:
    """``if self.is_empty:``, of a method."""
    for node in (one for test in _tests(code) for one in _operands(test)):
        named: Function | None = None
        if isinstance(node, ast.Name):
            named = _module_function(code, node.id)
        elif isinstance(node, ast.Attribute):
            named = _own_method(code, node)
        if named is None:
            continue
        plain = [*named.args.posonlyargs, *named.args.args]
        needed = len(plain) - len(named.args.defaults) - isinstance(node, ast.Attribute)
        needed += sum(one is None for one in named.args.kw_defaults)
        change = None
        if needed <= 0 and isinstance(named, ast.FunctionDef):
            change = Change(say("Call it"), (code.replaced(node, f"{code.text(node)}()"),))
        yield Found(
            code.place(node),
            LOGIC,
            "function-as-condition",
            say("`{name}` is a function, which always counts as true: it is not called here.", name=code.text(node)),
            change,
        )


def _tests(code: PythonCode) -> Iterator[ast.expr]:
    yield from (one.test for one in code.nodes(ast.If))
    yield from (one.test for one in code.nodes(ast.While))
    yield from (one.test for one in code.nodes(ast.IfExp))
    yield from (one.test for one in code.nodes(ast.Assert))
    for comprehension in code.nodes(ast.comprehension):
        yield from comprehension.ifs


def _operands(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what a condition takes for true or false."""
    if isinstance(test, ast.BoolOp):
        for one in test.values:
            yield from _operands(one)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _operands(test.operand)
    else:
        yield test


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    same_recursion,
    called_instead,
    function_as_condition,
)
