"""Methods that are handed over without the object that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import FUNCTIONS, JavaScript, Node
from qwen_lsp.syntax.tree import walk

_LISTENING = frozenset(
    ["on", "once", "addListener", "prependListener", "prependOnceListener", "addEventListener", "subscribe"]
)
_WAITING = frozenset(
    ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "requestAnimationFrame", "process.nextTick"]
)
_EACH = frozenset(
    [
        "map",
        "forEach",
        "filter",
        "some",
        "every",
        "find",
        "findIndex",
        "findLast",
        "flatMap",
        "then",
        "catch",
        "finally",
    ]
)
_OF_COMPONENTS = frozenset(["setState", "props", "state"])
_BINDING = re.compile(r"(?i)auto_?bind|bind_?all|bound_?class|bind_?methods")


def unbound_method(js: JavaScript) -> Iterator[Found]:
    """``feed.on("reading", this.add)``, where ``add`` reads ``this``."""
    for body in js.all("class_body"):
        holder = body.parent
        if holder is None or _BINDING.search(js.text(holder)):
            continue
        if any(
            one.type == "decorator" for one in (*holder.children, *(holder.parent.children if holder.parent else ()))
        ):
            continue
        methods = _methods_with_this(js, body)
        if not methods:
            continue
        for given in _given(js, body):
            name = given.child_by_field_name("property")
            if name is None or js.text(name) not in methods:
                continue
            yield Found(
                js.place(given),
                LOGIC,
                "unbound-method",
                say(
                    "`{method}` is handed over without its object: when it is called, `this` is another one or none.",
                    method=js.text(given),
                ),
                Change(say("Bind it"), (js.replaced(given, f"{js.text(given)}.bind(this)"),)),
            )


def _methods_with_this(js: JavaScript, body: Node) -> frozenset[str]:
    """Return the names of the methods that read members of ``this`` which the class itself has."""
    members = [one for one in body.named_children if one.type not in {"comment", "decorator"}]
    fields = {_name(js, one) for one in members if one.type != "method_definition"}
    assigned = {
        js.squeezed(left).removeprefix("this.")
        for one in walk(body)
        if one.type == "assignment_expression"
        and (left := one.child_by_field_name("left")) is not None
        and js.squeezed(left).startswith("this.")
    }
    plain = {
        _name(js, one): one
        for one in members
        if one.type == "method_definition"
        and not any(each.type in {"static", "get", "set", "decorator"} for each in one.children)
        and not (one.prev_named_sibling is not None and one.prev_named_sibling.type == "decorator")
    }
    inherited = _OF_COMPONENTS if js.all("jsx_attribute") else frozenset()
    own = {*fields, *assigned, *plain, *inherited} - {"constructor", ""}
    return frozenset(
        name for name, one in plain.items() if name not in fields | assigned | {"constructor"} and _reads(js, one, own)
    )


def _name(js: JavaScript, member: Node) -> str:
    name = member.child_by_field_name("name") or member.child_by_field_name("property")
    return "" if name is None else js.text(name)


def _reads(js: JavaScript, method: Node, own: set[str]) -> bool:
    """Return whether ``this`` is the class's object for sure: members of it are read, and it is nothing else."""
    found = [one for one in walk(method) if one.type == "this" and _owner(js, one) == method]
    names = []
    for one in found:
        member = one.parent
        if member is None or member.type != "member_expression" or member.child_by_field_name("object") != one:
            return False
        name = member.child_by_field_name("property")
        names.append("" if name is None else js.text(name))
    return any(name in own for name in names)


def _owner(js: JavaScript, this: Node) -> Node | None:
    """Return whose ``this`` it is: the innermost function that is no arrow, or a field of a class."""
    kinds = (FUNCTIONS - {"arrow_function"}) | {"public_field_definition", "field_definition", "class_static_block"}
    return next((one for one in js.above(this) if one.type in kinds), None)


def _given(js: JavaScript, body: Node) -> Iterator[Node]:
    """Yield each ``this.method`` in a class that is handed over to something that calls it without the object."""
    for member in walk(body):
        if member.type != "member_expression" or member.parent is None or member.parent.parent is None:
            continue
        base = member.child_by_field_name("object")
        if base is None or base.type != "this":
            continue
        owner = _owner(js, base)
        if owner is None or owner.parent != body or any(one.type == "static" for one in owner.children):
            continue
        holder, outer = member.parent, member.parent.parent
        if (holder.type == "arguments" and _loses_object(js, outer, member)) or _is_handler(js, holder, outer):
            yield member


def _is_handler(js: JavaScript, holder: Node, outer: Node) -> bool:
    """Return whether ``holder`` is the value of an attribute like ``onClick={...}``."""
    is_attribute = holder.type == "jsx_expression" and outer.type == "jsx_attribute"
    return is_attribute and re.match(r"on[A-Z]", js.text(outer)) is not None


def _loses_object(js: JavaScript, call: Node, given: Node) -> bool:
    name, arguments = js.callee(call), js.arguments(call)
    base, _, method = name.rpartition(".")
    if name in _WAITING or name.removeprefix("window.") in _WAITING:
        return arguments[0] == given
    if not base or base in {"this", "super"} or any(one.type == "this" for one in arguments):
        return False
    if method in _LISTENING:
        place = 0 if method == "subscribe" else 1
        return len(arguments) in {place + 1, place + 2} and arguments[place] == given
    if method == "then":
        return given in arguments
    return method in _EACH and len(arguments) == 1


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (unbound_method,)
