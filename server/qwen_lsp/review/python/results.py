"""Texts and lists of Python that stay as they are, or are lost."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import Function, PythonCode, local_nodes

_OF_STRINGS = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "casefold",
        "swapcase",
        "removeprefix",
        "removesuffix",
        "zfill",
        "ljust",
        "rjust",
        "splitlines",
        "partition",
        "rpartition",
    ]
)
_GIVING_STRINGS = _OF_STRINGS - {"splitlines", "partition", "rpartition", "title"}
_OF_STRINGS_AND_OTHERS = frozenset(
    ["replace", "split", "join", "format", "encode", "center", "expandtabs", "translate"]
)
_NONE_FROM = frozenset(["append", "extend", "insert", "sort", "reverse", "clear", "remove"])
_NONE_FROM_DICT = frozenset(["update", "clear"])
_NONE_FROM_SET = frozenset(
    [
        "add",
        "update",
        "remove",
        "discard",
        "clear",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
    ]
)
_LITERALS: dict[str, tuple[type[ast.expr], ...]] = {
    "list": (ast.List, ast.ListComp),
    "dict": (ast.Dict, ast.DictComp),
    "set": (ast.Set, ast.SetComp),
}
_READING = frozenset(
    ["len", "sum", "min", "max", "sorted", "list", "set", "dict", "tuple", "enumerate", "reversed", "zip", "print"]
)
_GIVEN_NAME = re.compile(r"\{([A-Za-z_]\w*)(?:[!:.\[][^{}]*)?\}")


def result_thrown_away(code: PythonCode) -> Iterator[Found]:
    """``name.strip()`` as a statement."""
    for statement in code.nodes(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        change = None
        if isinstance(function, ast.Attribute) and _is_of_string(code, function):
            if isinstance(function.value, ast.Name):
                name = function.value.id
                change = Change(
                    say("Assign the result to {name}", name=name), (code.inserted(statement, f"{name} = "),)
                )
            words = say(
                "A string is never changed: `{method}` returns a new one, which is thrown away.", method=function.attr
            )
        elif isinstance(function, ast.Name) and function.id in {"sorted", "reversed"}:
            words = say("`{method}` leaves its argument as it is: the result is thrown away.", method=function.id)
        else:
            continue
        yield Found(code.place(statement), LOGIC, "result-thrown-away", words, change)


def _is_of_string(code: PythonCode, method: ast.Attribute) -> bool:
    if method.attr not in _OF_STRINGS | _OF_STRINGS_AND_OTHERS:
        return False
    return _is_text(code, method.value, 3)


def _is_text(code: PythonCode, node: ast.expr, depth: int) -> bool:
    """Return whether the value of ``node`` is a string for certain."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    if isinstance(node, ast.Call):
        if code.dotted(node.func) in {"str", "input"}:
            return True
        return isinstance(node.func, ast.Attribute) and node.func.attr in _GIVING_STRINGS
    if isinstance(node, ast.Name) and depth:
        function = code.function(node)
        annotated = [] if function is None else [*function.args.args, *function.args.kwonlyargs]
        if any(one.arg == node.id and one.annotation and code.text(one.annotation) == "str" for one in annotated):
            return True
        values = code.values(node)
        return bool(values) and all(_is_text(code, one, depth - 1) for one in values or ())
    return False


def none_used(code: PythonCode) -> Iterator[Found]:
    """``values = sorted_values.sort()``: of a list, which returns None; and ``return dict(base).update(more)``."""
    for call in code.nodes(ast.Call):
        kept = _keeping(code, call)
        if kept is None or not isinstance(call.func, ast.Attribute):
            continue
        method, of = call.func.attr, call.func.value
        words = ""
        if code.dotted(call.func) == "random.shuffle" or (method in _NONE_FROM and _is_a(code, of, "list")):
            words = say(
                "`{method}` changes the list in place and returns None, which is what is kept here.", method=method
            )
        elif method in _NONE_FROM_DICT and _is_a(code, of, "dict"):
            words = say(
                "`{method}` changes the dictionary in place and returns None, which is what is kept here.",
                method=method,
            )
        elif method in _NONE_FROM_SET and _is_a(code, of, "set"):
            words = say(
                "`{method}` changes the set in place and returns None, which is what is kept here.", method=method
            )
        if words:
            yield Found(code.place(kept), LOGIC, "none-used", words)


def _keeping(code: PythonCode, call: ast.Call) -> ast.expr | ast.stmt | None:
    """Return what uses the value of a call, where that is more than a short way to write two statements in one."""
    user = code.parent(call)
    if isinstance(user, ast.Assign | ast.AnnAssign):
        return user
    if isinstance(user, ast.Return):
        return user if _promises_value(call, code.function(user)) else None
    if isinstance(user, ast.For) and user.iter is call:
        return call
    if isinstance(user, ast.Call) and code.dotted(user.func) in _READING:
        return call
    return None


def _promises_value(call: ast.Call, function: Function | None) -> bool:
    """Return whether a function says that it returns something, or has made what it changes itself."""
    if function is not None and function.returns is not None:
        return not (isinstance(function.returns, ast.Constant) and function.returns.value is None)
    of = call.func.value if isinstance(call.func, ast.Attribute) else call
    if isinstance(of, ast.Name) and function is not None:
        return any(
            isinstance(one, ast.Name) and one.id == of.id and isinstance(one.ctx, ast.Store)
            for one in local_nodes(function)
        )
    return True


def _is_a(code: PythonCode, node: ast.expr, kind: str) -> bool:
    """Return whether the value of ``node`` is a list, a dictionary or a set for certain."""
    if isinstance(node, ast.Name):
        values = code.values(node)
        if values is None:
            return _is_annotated(code, node, kind)
        return bool(values) and all(_is_a(code, one, kind) for one in values if not isinstance(one, ast.Name))
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not node.args:
            return not isinstance(node.func.value, ast.Call) and _is_a(code, node.func.value, kind)
        name = code.dotted(node.func)
        return name == kind or (kind == "list" and name == "sorted")
    return isinstance(node, _LITERALS[kind])


def _is_annotated(code: PythonCode, node: ast.Name, kind: str) -> bool:
    """Return whether a parameter that is never assigned is said to be of a type."""
    function = code.function(node)
    if function is None or any(
        isinstance(one, ast.Name) and one.id == node.id and isinstance(one.ctx, ast.Store)
        for one in local_nodes(function)
    ):
        return False
    for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if one.arg == node.id and one.annotation is not None:
            said = one.annotation.value if isinstance(one.annotation, ast.Subscript) else one.annotation
            return code.dotted(said).rpartition(".")[2].lower() == kind
    return False


def missing_f(code: PythonCode) -> Iterator[Found]:
    """``prefix = "[{level}]"``, in a function that has a ``level``."""
    for text in code.nodes(ast.Constant):
        function = code.function(text)
        if not isinstance(text.value, str) or function is None or "{{" in text.value or "\n" in text.value:
            continue
        names = _GIVEN_NAME.findall(text.value)
        holder = code.parent(text)
        if not names or not isinstance(holder, ast.Assign | ast.Return | ast.Call | ast.BinOp):
            continue
        if isinstance(holder, ast.Call) and (code.dotted(holder.func) != "print" or holder.keywords):
            continue
        if isinstance(holder, ast.Assign) and (
            len(holder.targets) > 1 or not _used_plainly(code, function, holder.targets[0])
        ):
            continue
        arguments = function.args
        known = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        known |= {
            one.id for one in local_nodes(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        if all(name in known for name in names) and not code.text(text).lower().startswith(("r", "b")):
            yield Found(
                code.place(text),
                LOGIC,
                "missing-f",
                say("Without an f in front, `{name}` stays in the text as it is written.", name="{" + names[0] + "}"),
                Change(say("Make it an f-string"), (code.inserted(text, "f"),)),
            )


def _used_plainly(code: PythonCode, function: Function, target: ast.expr) -> bool:
    """Return whether a variable is never formatted, nor handed to a call that may do so."""
    if not isinstance(target, ast.Name):
        return False
    for one in local_nodes(function):
        if isinstance(one, ast.Name) and one.id == target.id and isinstance(one.ctx, ast.Load):
            user = code.parent(one)
            if isinstance(user, ast.Attribute) or (isinstance(user, ast.Call) and code.dotted(user.func) != "print"):
                return False
    return True


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    result_thrown_away,
    none_used,
    missing_f,
)
