"""Lists and dictionaries of Python whose items are one and the same object, and conditions that are none."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.changing import is_changed_here, is_new_container
from qwen_lsp.review.python.code import PythonCode


def shared_items(code: PythonCode) -> Iterator[Found]:
    """``grid = [[0] * 3] * 3`` with ``grid[0][1] = 5``, and ``dict.fromkeys(names, [])`` with ``d[name].append(x)``."""
    assignments: list[ast.Assign | ast.AnnAssign] = [*code.nodes(ast.Assign), *code.nodes(ast.AnnAssign)]
    for statement in assignments:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        value = statement.value
        name = code.dotted(target)
        if value is None or not name or name.endswith(")"):
            continue
        apart = _each_apart(code, value)
        if apart is not None and _is_item_changed(code, statement, name):
            yield Found(
                code.place(value),
                LOGIC,
                "shared-items",
                say(
                    "All items of `{name}` are one and the same object: what is changed in one is changed in all.",
                    name=name,
                ),
                Change(say("Make each of them by itself"), (code.replaced(value, apart),)) if apart else None,
            )


def _each_apart(code: PythonCode, value: ast.expr) -> str | None:
    """Return the text that makes items of their own, "" where it is not certain, or None where they are not shared."""
    if isinstance(value, ast.Call) and code.dotted(value.func) == "dict.fromkeys" and len(value.args) == 2:
        keys, item = value.args
        if not is_new_container(code, item):
            return None
        return f"{{key: {code.text(item)} for key in {code.text(keys)}}}"
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Mult):
        return None
    items, times = (value.left, value.right) if isinstance(value.left, ast.List) else (value.right, value.left)
    if not isinstance(items, ast.List) or not items.elts or (isinstance(times, ast.Constant) and times.value == 1):
        return None
    if not all(is_new_container(code, one) or _is_list(one) for one in items.elts):
        return None
    return f"[{code.text(items.elts[0])} for _ in range({code.text(times)})]" if len(items.elts) == 1 else ""


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return isinstance(node.left, ast.List) or isinstance(node.right, ast.List)
    return isinstance(node, ast.ListComp | ast.DictComp | ast.SetComp)


def _is_item_changed(code: PythonCode, made: ast.stmt, name: str) -> bool:
    """Return whether an item is changed in place, and none is ever replaced by another one."""
    holder = code.function(made)
    is_changed = False
    for item in code.nodes(ast.Subscript):
        if code.dotted(item.value) != name or isinstance(item.slice, ast.Slice):
            continue
        if "." not in name and code.function(item) is not holder:
            continue
        if isinstance(item.ctx, ast.Store) and not isinstance(code.parent(item), ast.AugAssign):
            return False
        is_changed = is_changed or is_changed_here(code, item)
    return is_changed


def either_error(code: PythonCode) -> Iterator[Found]:
    """``except ValueError or TypeError``."""
    for handler in code.nodes(ast.ExceptHandler):
        caught = handler.type
        if not isinstance(caught, ast.BoolOp):
            continue
        kept = caught.values[0] if isinstance(caught.op, ast.Or) else caught.values[-1]
        new = f"({', '.join(code.text(one) for one in caught.values)})"
        change = Change(say("Catch each of them"), (code.replaced(caught, new),))
        yield Found(
            code.place(caught),
            LOGIC,
            "either-error",
            say("Of these only {error} is caught: several errors are written as a tuple.", error=code.text(kept)),
            change,
        )


def comparison_thrown_away(code: PythonCode) -> Iterator[Found]:
    """``count == 0`` as a statement."""
    for statement in code.nodes(ast.Expr):
        compare = statement.value
        if not isinstance(compare, ast.Compare) or len(compare.ops) != 1 or not isinstance(compare.ops[0], ast.Eq):
            continue
        if not isinstance(compare.left, ast.Name | ast.Attribute | ast.Subscript):
            continue
        # What is tried may be whether the comparison fails.
        function = code.function(statement)
        is_test = function is not None and function.name.startswith(("test", "time", "bench"))
        is_tried = any(isinstance(one, ast.Try | ast.With | ast.AsyncWith) for one in code.above(statement))
        if not is_tried and (not is_test or isinstance(compare.comparators[0], ast.Constant)):
            yield Found(
                code.place(statement),
                LOGIC,
                "comparison-thrown-away",
                say("This only compares, and nothing is done with the result: `=` assigns, `assert` tests."),
            )


def message_instead_of_value(code: PythonCode) -> Iterator[Found]:
    """``self.assertTrue(total, 3)``."""
    for call in code.nodes(ast.Call):
        called = call.func
        if not isinstance(called, ast.Attribute) or called.attr != "assertTrue" or len(call.args) != 2 or call.keywords:
            continue
        wanted = call.args[1]
        is_value = isinstance(wanted, ast.List | ast.Dict | ast.Tuple | ast.Set) or (
            isinstance(wanted, ast.Constant) and not isinstance(wanted.value, str) and wanted.value is not None
        )
        # `assertTrue(is_below(a, b), (a, b))` shows the values.
        is_value = is_value and not any(isinstance(one, ast.Name) for one in ast.walk(wanted))
        if is_value and isinstance(called.value, ast.Name) and called.value.id == "self":
            new = (
                "assertEqual"
                if not isinstance(wanted, ast.Constant) or not isinstance(wanted.value, bool)
                else "assertIs"
            )
            change = Change(say("Compare them with {method}", method=new), (code.replaced(called, f"self.{new}"),))
            yield Found(
                code.place(call),
                LOGIC,
                "message-instead-of-value",
                say("The second argument is the message: nothing is compared with `{value}`.", value=code.text(wanted)),
                change,
            )


def used_though_none(code: PythonCode) -> Iterator[Found]:
    """``user is None and user.name``, ``user is not None or user.name``."""
    for either in code.nodes(ast.BoolOp):
        wanted = ast.Is if isinstance(either.op, ast.And) else ast.IsNot
        none = ""
        for one in either.values:
            if none and _is_used(one, none):
                yield Found(
                    code.place(either),
                    LOGIC,
                    "used-though-none",
                    say("Where the right side is asked, `{name}` is None and has no attributes.", name=none),
                )
                break
            if (
                isinstance(one, ast.Compare)
                and len(one.ops) == 1
                and isinstance(one.ops[0], wanted)
                and isinstance(one.comparators[0], ast.Constant)
                and one.comparators[0].value is None
                and isinstance(one.left, ast.Name)
            ):
                none = one.left.id


def _is_used(node: ast.expr, name: str) -> bool:
    """Return whether the first thing that a condition does is to read an attribute or an item of a variable."""
    at = node
    while True:
        if isinstance(at, ast.Attribute | ast.Subscript) and isinstance(at.value, ast.Name) and at.value.id == name:
            return not (isinstance(at, ast.Attribute) and at.attr.startswith("__"))
        if isinstance(at, ast.Attribute | ast.Subscript):
            at = at.value
        elif isinstance(at, ast.Call):
            at = at.func
        elif isinstance(at, ast.Compare):
            at = at.left
        elif isinstance(at, ast.UnaryOp):
            at = at.operand
        else:
            return False


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    shared_items,
    either_error,
    comparison_thrown_away,
    message_instead_of_value,
    used_though_none,
)
