"""Functions of Python that end without the value that they promise."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode, local_nodes
from qwen_lsp.review.python.flow import is_end_reached

_NEVER_NONE = frozenset(
    [
        "int",
        "str",
        "float",
        "bool",
        "bytes",
        "complex",
        "list",
        "dict",
        "tuple",
        "set",
        "frozenset",
        "bytearray",
        "type",
    ]
)
_NEVER_NONE_OF_MODULES = re.compile(
    r"(?:typing|collections|collections\.abc|datetime|decimal|fractions|pathlib)\."
    r"(?:List|Dict|Tuple|Set|FrozenSet|Callable|Sequence|Mapping|Deque|deque|Counter|OrderedDict|defaultdict|date"
    r"|datetime|timedelta|time|Decimal|Fraction|Path)"
)
_REGISTERED = frozenset(["func", "function", "fn", "f", "method", "cls", "klass", "wrapped", "handler"])
_DECORATING = re.compile(r"(?i)decorat|^register$")
_STORING = frozenset(["append", "add", "register", "setdefault", "insert", "subscribe", "connect"])


def falls_off_the_end(code: PythonCode) -> Iterator[Found]:
    """``def parse(text) -> int``, where one of the ways through it has no ``return``."""
    for function in code.functions():
        if function.returns is None or not _never_none(code, function.returns) or _is_generator(function):
            continue
        returned = [one.value for one in local_nodes(function) if isinstance(one, ast.Return)]
        if not returned or any(
            one is None or (isinstance(one, ast.Constant) and one.value is None) for one in returned
        ):
            continue
        if any(code.dotted(one).endswith(("overload", "abstractmethod")) for one in function.decorator_list):
            continue
        head = code.snapshot.slice(function.lineno - 1, function.body[0].lineno)
        if is_end_reached(code, function.body) and "type: ignore" not in head:
            yield Found(
                code.place(function.body[-1]),
                LOGIC,
                "falls-off-the-end",
                say(
                    "From here `{name}` may come to its end without `return`: it then gives None, and not the "
                    "{type} that it promises.",
                    name=function.name,
                    type=code.text(function.returns),
                ),
            )


def _never_none(code: PythonCode, node: ast.expr) -> bool:
    """Return whether None is certainly none of the values of a type."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _never_none(code, ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            return False
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and _never_none(code, node.left) and _never_none(code, node.right)
    name = code.dotted(node.value if isinstance(node, ast.Subscript) else node)
    if name in _NEVER_NONE or _NEVER_NONE_OF_MODULES.fullmatch(name):
        return True
    return any(not one.keywords for one in code.classes_by_name.get(name, []))


def _is_generator(function: Function) -> bool:
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in local_nodes(function))


def _gives_nothing(code: PythonCode, function: Function) -> bool:
    """Return whether a function gives None in any case, and comes to its end."""
    is_plain = isinstance(function, ast.FunctionDef) and not _is_generator(function)
    returns = [one for one in local_nodes(function) if isinstance(one, ast.Return) and one.value is not None]
    return is_plain and not returns and is_end_reached(code, function.body)


def decorator_returns_nothing(code: PythonCode) -> Iterator[Found]:
    """A decorator that registers a function and does not return it."""
    for function in code.functions():
        parameter, outer = _only_parameter(function), code.function(function)
        if not parameter or (outer is not None and not _is_made_by(function, outer)):
            continue
        if not _gives_nothing(code, function) or _is_stub(function):
            continue
        if outer is None:
            is_meant = code.parent(function) is code.tree and _names_nothing(code, function.name, called=False)
        else:
            is_meant = (
                parameter in _REGISTERED
                and _is_stored(code, function, parameter)
                and _is_decorating(code, function, outer)
            )
        if is_meant:
            yield Found(
                code.place(function.body[-1]),
                LOGIC,
                "decorator-returns-nothing",
                say(
                    "`{name}` decorates and ends without `return`: what it decorates is None from then on.",
                    name=function.name,
                ),
                _returning(code, function, parameter) if _is_stored(code, function, parameter) else None,
            )


def _only_parameter(function: Function) -> str:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    others = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    return plain[0].arg if len(plain) == 1 and not others else ""


def _is_stub(function: Function) -> bool:
    return all(
        isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in function.body
    )


def _is_made_by(function: Function, outer: Function) -> bool:
    """Return whether ``outer`` returns ``function`` and nothing else."""
    returned = [one.value for one in local_nodes(outer) if isinstance(one, ast.Return)]
    return bool(returned) and all(isinstance(one, ast.Name) and one.id == function.name for one in returned)


def _is_decorating(code: PythonCode, function: Function, outer: Function) -> bool:
    if isinstance(function.returns, ast.Constant) and function.returns.value is None:
        return _names_nothing(code, outer.name, called=True)
    said = f"{ast.get_docstring(outer) or ''} {ast.get_docstring(function) or ''}"
    return (
        function.returns is not None
        or any(_DECORATING.search(one) for one in (function.name, outer.name))
        or re.search(r"(?i)\bdecorat", said) is not None
        or _names_nothing(code, outer.name, called=True)
    )


def _names_nothing(code: PythonCode, name: str, *, called: bool) -> bool:
    """Return whether something that is decorated with ``name`` is used after all, in this file."""
    for one in [*code.functions(), *code.nodes(ast.ClassDef)]:
        for decorator in one.decorator_list:
            named = decorator.func if called and isinstance(decorator, ast.Call) else decorator
            is_this = isinstance(named, ast.Name) and named.id == name
            if is_this and len(one.decorator_list) == 1 and isinstance(decorator, ast.Call) == called:
                uses = [each for each in code.nodes(ast.Name) if each.id == one.name]
                if any(isinstance(each.ctx, ast.Load) for each in uses):
                    return True
    return False


def _is_stored(code: PythonCode, function: Function, parameter: str) -> bool:
    """Return whether a parameter is kept somewhere, and never called."""
    is_kept = False
    for one in ast.walk(function):
        if isinstance(one, ast.Name) and one.id == parameter and isinstance(one.ctx, ast.Load):
            user = code.parent(one)
            if isinstance(user, ast.Call) and user.func is one:
                return False
            if isinstance(user, ast.Tuple):
                user = code.parent(user)
            if isinstance(user, ast.Assign) and isinstance(user.targets[0], ast.Subscript | ast.Attribute):
                is_kept = True
            elif isinstance(user, ast.Call) and isinstance(user.func, ast.Attribute):
                is_kept = is_kept or user.func.attr in _STORING
    return is_kept


def _returning(code: PythonCode, function: Function, parameter: str) -> Change | None:
    last = function.body[-1]
    margin = code.snapshot.line(last.lineno - 1)[: last.col_offset]
    has_more = any(isinstance(one, (*FUNCTIONS, ast.Return)) for one in ast.walk(function) if one is not function)
    is_rebound = any(
        isinstance(one, ast.Name) and one.id == parameter and isinstance(one.ctx, ast.Store)
        for one in ast.walk(function)
    )
    if has_more or is_rebound or margin.strip() or last.end_lineno is None:
        return None
    edit = code.line_inserted(last.end_lineno, f"{margin}return {parameter}")
    return Change(say("Return `{name}`", name=parameter), (edit,))


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    falls_off_the_end,
    decorator_returns_nothing,
)
