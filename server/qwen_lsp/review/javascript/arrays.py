"""Arrays of holes, arrays of one and the same thing, and indices that are taken for items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.review.javascript.scopes import Binding

_SKIPPING_HOLES = frozenset(["map", "forEach", "filter", "reduce", "some", "every", "flatMap"])
_SIZE = re.compile(
    r"(?i)^(?:n|[mnkwh]|\w*(?:size|len|length|count|num|total|width|height))$|\.(?:size|length)$|^num[A-Z]\w*$"
)
_CHANGING = frozenset(["push", "unshift", "splice", "pop", "shift", "set", "add", "sort"])
_GIVING_ARRAYS = frozenset(["map", "filter", "split"])
_OF_TEXT = re.compile(
    r"length|pad(?:Start|End)|(?:starts|ends)With|to\w+|replace(?:All)?|char(?:At|CodeAt)|codePointAt|at|includes|(?:last)?[iI]ndexOf"
    r"|sub(?:str|string)|slice|split|trim\w*|match(?:All)?|search|concat|repeat|localeCompare|normalize"
)


def holes(js: JavaScript) -> Iterator[Found]:
    """``new Array(3).map((_, i) => i)``."""
    for call in js.all("call_expression"):
        made = _made_by_size(js, call, _SKIPPING_HOLES)
        if made is not None:
            yield Found(
                js.place(call),
                LOGIC,
                "array-of-holes",
                say(
                    "An array made with its size has no items yet, and `{method}` calls its function for items only.",
                    method=js.callee(call).rpartition(".")[2],
                ),
                Change(say("Fill it first"), (js.replaced(made, f"{js.text(made)}.fill(undefined)"),)),
            )


def _made_by_size(js: JavaScript, call: Node, methods: frozenset[str]) -> Node | None:
    """Return the ``new Array(size)`` that one of the methods is called on."""
    function = call.child_by_field_name("function")
    made = function.child_by_field_name("object") if function is not None else None
    name = function.child_by_field_name("property") if function is not None else None
    if made is None or name is None or made.type not in {"new_expression", "call_expression"}:
        return None
    given = js.arguments(made)
    if js.text(name) not in methods or js.callee(made) != "Array" or len(given) != 1:
        return None
    is_size = given[0].type in {"number", "binary_expression"} or _SIZE.search(js.squeezed(given[0])) is not None
    return made if is_size and not js.scopes.is_declared("Array") else None


def shared_item(js: JavaScript) -> Iterator[Found]:
    """``const grid = Array(3).fill([]); grid[0].push(1);``."""
    for call in js.all("call_expression"):
        made = _made_by_size(js, call, frozenset(["fill"]))
        items, holder = js.arguments(call), call.parent
        if made is None or len(items) != 1 or holder is None or holder.type != "variable_declarator":
            continue
        item = items[0]
        is_new = item.type in {"array", "object"} or (
            item.type == "new_expression" and js.callee(item) in {"Map", "Set", "Array"}
        )
        named = holder.child_by_field_name("name")
        binding = js.scopes.meant(named) if named is not None and named.type == "identifier" else None
        if not is_new or binding is None or not _changes_item(js, binding):
            continue
        value = f"({js.text(item)})" if item.type == "object" else js.text(item)
        size = js.text(js.arguments(made)[0])
        yield Found(
            js.place(call),
            LOGIC,
            "shared-item",
            say("All items are one and the same object: what is changed in one of them changes in all."),
            Change(say("Make one for each"), (js.replaced(call, f"Array.from({{ length: {size} }}, () => {value})"),)),
        )


def _changes_item(js: JavaScript, binding: Binding) -> bool:
    """Return whether an item of the array is changed, and none replaced."""
    is_changed = False
    for use in js.scopes.uses(binding):
        item = use.parent
        if item is None or item.type != "subscript_expression" or item.child_by_field_name("object") != use:
            continue
        outer = item.parent
        if outer is None:
            continue
        if outer.type == "assignment_expression" and outer.child_by_field_name("left") == item:
            return False
        if outer.type in {"subscript_expression", "member_expression"} and outer.child_by_field_name("object") == item:
            whole = outer.parent
            name = outer.child_by_field_name("property")
            is_changed |= whole is not None and (
                (
                    whole.type in {"assignment_expression", "augmented_assignment_expression"}
                    and whole.child_by_field_name("left") == outer
                )
                or whole.type == "update_expression"
                or (whole.type == "call_expression" and name is not None and js.text(name) in _CHANGING)
            )
    return is_changed


def index_as_item(js: JavaScript) -> Iterator[Found]:
    """``for (const price in [1, 2]) sum += price``."""
    for loop in js.all("for_in_statement"):
        left, right = loop.child_by_field_name("left"), loop.child_by_field_name("right")
        body = loop.child_by_field_name("body")
        words = {one.type: one for one in loop.children}
        if left is None or right is None or body is None or "in" not in words or left.type != "identifier":
            continue
        if not _is_array(js, right) or loop.child_by_field_name("kind") is None:
            continue
        binding = js.scopes.meant(left)
        uses = js.scopes.uses(binding) if binding is not None else []
        wrong = next((one for one in uses if _takes_for_item(js, one)), None)
        if wrong is None:
            continue
        is_index = any(
            one.parent is not None
            and one.parent.type == "subscript_expression"
            and one.parent.child_by_field_name("index") == one
            for one in uses
        )
        change = None if is_index else Change(say("Use `{word}`", word="of"), (js.replaced(words["in"], "of"),))
        yield Found(
            js.place(wrong if is_index else left),
            LOGIC,
            "index-as-item",
            say('`for ... in` gives the indices of an array, as text: "0", "1" ..., and not its items.'),
            change,
        )


def _is_array(js: JavaScript, node: Node, depth: int = 2) -> bool:
    if node.type == "array":
        return True
    if node.type == "call_expression":
        return js.callee(node).rpartition(".")[2] in _GIVING_ARRAYS and "." in js.callee(node)
    if node.type == "identifier" and depth:
        binding = js.scopes.meant(node)
        value = binding.value if binding is not None and binding.kind == "const" else None
        return value is not None and _is_array(js, value, depth - 1)
    return False


def _takes_for_item(js: JavaScript, use: Node) -> bool:
    """Return whether a use makes sense for an item only, or joins the index as text to a number."""
    holder = use.parent
    if holder is None:
        return False
    if holder.type == "member_expression" and holder.child_by_field_name("object") == use:
        name = holder.child_by_field_name("property")
        return name is not None and _OF_TEXT.fullmatch(js.text(name)) is None
    if holder.type == "binary_expression":
        sign = holder.child_by_field_name("operator")
        sides = [one for one in (holder.child_by_field_name("left"), holder.child_by_field_name("right")) if one != use]
        return (
            sign is not None
            and sign.type == "+"
            and len(sides) == 1
            and sides[0] is not None
            and (sides[0].type == "number")
        )
    if holder.type == "augmented_assignment_expression" and holder.child_by_field_name("right") == use:
        sign, left = holder.child_by_field_name("operator"), holder.child_by_field_name("left")
        if sign is None or left is None or sign.type != "+=" or left.type != "identifier":
            return False
        binding = js.scopes.meant(left)
        value = binding.value if binding is not None else None
        return value is not None and value.type == "number"
    return False


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (holes, shared_item, index_as_item)
