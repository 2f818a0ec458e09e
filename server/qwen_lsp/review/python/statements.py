"""Statements of Python that have no effect, or another one than they seem to have."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.code import FUNCTIONS, Function, PythonCode, local_nodes

_COROUTINES = frozenset({"asyncio.sleep", "asyncio.wait_for", "asyncio.wait", "asyncio.to_thread", "asyncio.gather"})
_AWAITED_BY_ITSELF = frozenset({"asyncio.gather"})


def error_not_raised(code: PythonCode) -> Iterator[Found]:
    """``ValueError("...")`` as a statement."""
    own = {
        one.name
        for one in code.nodes(ast.ClassDef)
        if any("Error" in ast.dump(base) or "Exception" in ast.dump(base) for base in one.bases)
    }
    for statement in code.nodes(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        known = getattr(builtins, call.func.id, None)
        if call.func.id in own or (isinstance(known, type) and issubclass(known, BaseException)):
            yield Found(
                code.place(statement),
                LOGIC,
                "error-not-raised",
                say("The {error} is made and thrown away; without `raise` the program goes on.", error=call.func.id),
                Change(say("Raise it"), (code.inserted(statement, "raise "),)),
            )


def not_awaited(code: PythonCode) -> Iterator[Found]:
    """A coroutine that is made and never runs."""
    for statement in code.nodes(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call) or not _is_coroutine(code, call):
            continue
        function = code.function(statement)
        change = None
        if isinstance(function, ast.AsyncFunctionDef):
            change = Change(say("Await it"), (code.inserted(statement, "await "),))
        yield Found(
            code.place(statement),
            LOGIC,
            "not-awaited",
            say(
                "`{call}` only makes a coroutine: without `await` nothing of it runs.", call=f"{code.text(call.func)}()"
            ),
            change,
        )


def _is_coroutine(code: PythonCode, call: ast.Call) -> bool:
    if code.dotted(call.func) in _COROUTINES - _AWAITED_BY_ITSELF:
        return True
    if isinstance(call.func, ast.Name):
        named = [one for one in code.tree.body if isinstance(one, FUNCTIONS) and one.name == call.func.id]
        return len(named) == 1 and _makes_coroutine(named[0]) and code.values(call.func) is None
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "self":
        holder = next((one for one in code.above(call) if isinstance(one, ast.ClassDef)), None)
        named = (
            []
            if holder is None
            else [one for one in holder.body if isinstance(one, FUNCTIONS) and one.name == call.func.attr]
        )
        return len(named) == 1 and _makes_coroutine(named[0])
    return False


def _makes_coroutine(function: Function) -> bool:
    is_generator = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in local_nodes(function))
    return isinstance(function, ast.AsyncFunctionDef) and not function.decorator_list and not is_generator


def unreachable_handler(code: PythonCode) -> Iterator[Found]:
    """``except ValueError`` below ``except Exception``."""
    for attempt in code.nodes(ast.Try):
        seen: list[tuple[str, type[BaseException]]] = []
        for handler in attempt.handlers:
            caught = _caught(handler)
            covering = [next((name for name, one in seen if issubclass(each, one)), None) for _, each in caught]
            if caught and all(covering):
                yield Found(
                    code.place(handler),
                    LOGIC,
                    "unreachable-handler",
                    say("This handler never runs: `except {name}` above catches the same errors.", name=covering[0]),
                )
            seen += caught


def _caught(handler: ast.ExceptHandler) -> list[tuple[str, type[BaseException]]]:
    """Return the exceptions that a handler catches; none where one of them is not built in."""
    if handler.type is None:
        return [("BaseException", BaseException)]
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found = []
    for one in names:
        known = getattr(builtins, one.id, None) if isinstance(one, ast.Name) else None
        if not (isinstance(known, type) and issubclass(known, BaseException)):
            return []
        found.append((known.__name__, known))
    return found


def unreachable_code(code: PythonCode) -> Iterator[Found]:
    """Statements below ``return``, ``raise``, ``break`` or ``continue``."""
    for node in code.nodes(ast.AST):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            for statement, following in itertools.pairwise(block):
                if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
                    rest = [one for each in block[block.index(following) :] for one in ast.walk(each)]
                    if not any(isinstance(one, ast.Yield | ast.YieldFrom) for one in rest) and not isinstance(
                        following, ast.Pass
                    ):
                        yield Found(
                            code.place(following),
                            LOGIC,
                            "unreachable-code",
                            say("Nothing reaches this: the statement above always leaves the block."),
                        )
                    break


def leaves_finally(code: PythonCode) -> Iterator[Found]:
    """``return`` in ``finally``."""
    for attempt in code.nodes(ast.Try):
        for one in (each for statement in attempt.finalbody for each in [statement, *local_nodes(statement)]):
            if isinstance(one, ast.Return):
                yield Found(
                    code.place(one),
                    LOGIC,
                    "return-in-finally",
                    say("`return` in `finally` swallows every error of the block above."),
                )


def not_an_error(code: PythonCode) -> Iterator[Found]:
    """``raise NotImplemented``."""
    for one in code.nodes(ast.Raise):
        raised = one.exc.func if isinstance(one.exc, ast.Call) else one.exc
        if isinstance(raised, ast.Name) and raised.id == "NotImplemented" and one.exc is not None:
            yield Found(
                code.place(one),
                LOGIC,
                "raises-no-error",
                say("NotImplemented is no exception: this raises a TypeError."),
                Change(say("Raise NotImplementedError"), (code.replaced(raised, "NotImplementedError"),)),
            )


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    error_not_raised,
    not_awaited,
    unreachable_handler,
    unreachable_code,
    leaves_finally,
    not_an_error,
)
