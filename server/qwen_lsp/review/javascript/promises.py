"""Promises that are taken for what they will give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import FUNCTIONS, JavaScript, Node
from qwen_lsp.review.javascript.scopes import Binding, is_async, is_generator
from qwen_lsp.syntax.tree import walk

_OF_PROMISES = frozenset(["then", "catch", "finally", "constructor", "toString"])
_TAKING_VALUES = frozenset(
    ["JSON.parse", "parseInt", "parseFloat", "Number", "Object.keys", "Object.values", "Object.entries", "Math.round"]
)
_COUNTING = frozenset(["+", "-", "*", "/", "%", "**", "<", ">", "<=", ">="])
_ASKING = frozenset({"if_statement", "while_statement", "do_statement"})
_MODULE = re.compile(r"""require\(["'](?:node:)?fs(?:/promises["']\)|["']\)\.promises)""")
_NO_PROMISE = frozenset(["watch", "constants"])


def promise_as_value(js: JavaScript) -> Iterator[Found]:
    """``JSON.parse(readFile(path))``; ``if (isValid(name))`` of an async ``isValid``."""
    for call in js.all("call_expression"):
        if not _gives_promise(js, call):
            continue
        if not (_is_value(js, call) or _is_tested(call) or _kept_as(js, call)):
            continue
        yield Found(
            js.place(call),
            LOGIC,
            "not-awaited",
            say(
                "`{call}` gives a promise, and it is used as if it were the value itself.", call=f"{js.callee(call)}()"
            ),
            _awaiting(js, call),
        )


def _gives_promise(js: JavaScript, call: Node) -> bool:
    """Return whether a call gives a promise for sure."""
    function = call.child_by_field_name("function")
    if function is None or any(one.type == "optional_chain" for one in function.children):
        return False
    if function.type == "identifier":
        binding, name = js.scopes.meant(function), js.text(function)
        if binding is None:
            return name == "fetch" and not js.scopes.is_declared(name)
        if name in _NO_PROMISE or _stands_for_module(js, binding):
            return False
        if binding.kind == "import":
            return name in js.imported_from("fs/promises")
        if binding.kind == "const" and binding.value is None:
            given = binding.node.child_by_field_name("value")
            return given is not None and _MODULE.fullmatch(js.squeezed(given)) is not None
        made = binding.node if binding.kind == "function" else binding.value if binding.kind == "const" else None
        return made is not None and made.type in FUNCTIONS and _is_promising(js, made)
    if function.type != "member_expression":
        return False
    base, name_node = function.child_by_field_name("object"), function.child_by_field_name("property")
    if base is None or name_node is None or js.text(name_node) in _NO_PROMISE:
        return False
    if base.type == "this":
        method = _method(js, call, js.text(name_node))
        return method is not None and _is_promising(js, method)
    if base.type == "member_expression":
        return js.squeezed(base) == "fs.promises" and "fs" in js.imported_from("fs")
    binding = js.scopes.meant(base) if base.type == "identifier" else None
    return binding is not None and _stands_for_module(js, binding)


def _stands_for_module(js: JavaScript, binding: Binding) -> bool:
    """Return whether a name stands for ``fs.promises``."""
    if binding.kind == "import":
        holder = binding.node.parent
        if holder is not None and holder.type == "import_specifier":
            exported = holder.child_by_field_name("name")
            is_promises = exported is not None and js.text(exported) == "promises"
            return is_promises and binding.name in js.imported_from("fs")
        return binding.name in js.imported_from("fs/promises")
    given = binding.value if binding.kind == "const" else None
    return given is not None and _MODULE.fullmatch(js.squeezed(given)) is not None


def _is_promising(js: JavaScript, function: Node) -> bool:
    returned = function.child_by_field_name("return_type")
    if is_generator(function):
        return False
    # What also has members of its own is written as Promise<...> & ...
    says_so = returned is not None and re.fullmatch(r":Promise<[^&]*>", js.squeezed(returned)) is not None
    return is_async(function) or says_so


def _method(js: JavaScript, call: Node, name: str) -> Node | None:
    """Return the method of the class around ``call`` that ``this.name`` is; None where it is not the only one."""
    owner = next((one for one in js.above(call) if one.type in FUNCTIONS - {"arrow_function"}), None)
    if owner is None or owner.type != "method_definition" or owner.parent is None or owner.parent.type != "class_body":
        return None
    named = [
        one
        for one in owner.parent.named_children
        if js.text(one.child_by_field_name("name") or one.child_by_field_name("property") or one) == name
    ]
    is_static = [any(each.type == "static" for each in one.children) for one in (owner, *named)]
    if len(named) != 1 or named[0].type != "method_definition" or len(set(is_static)) != 1:
        return None
    return None if any(one.type == "get" for one in named[0].children) else named[0]


def _is_value(js: JavaScript, node: Node) -> bool:
    """Return whether an expression stands where a promise makes no sense."""
    holder = node.parent
    if holder is None:
        return False
    kind = holder.type
    if kind == "parenthesized_expression" and holder.parent is not None and holder.parent.type not in _ASKING:
        return _is_value(js, holder)
    if kind in {"member_expression", "subscript_expression"}:
        name = holder.child_by_field_name("property")
        return holder.child_by_field_name("object") == node and (
            kind == "member_expression" and name is not None and js.text(name) not in _OF_PROMISES
        )
    if kind == "arguments":
        call = holder.parent
        return call is not None and js.callee(call) in _TAKING_VALUES and js.arguments(call)[0] == node
    if kind == "spread_element":
        return holder.parent is not None and holder.parent.type in {"array", "arguments"}
    if kind == "for_in_statement":
        words = {one.type for one in holder.children}
        return holder.child_by_field_name("right") == node and "of" in words and "await" not in words
    if kind == "binary_expression":
        sign = holder.child_by_field_name("operator")
        return sign is not None and sign.type in _COUNTING
    if kind == "template_substitution":
        template = holder.parent
        return template is not None and template.parent is not None and template.parent.type != "call_expression"
    return kind == "unary_expression" and js.text(holder.children[0]) in {"-", "+"}


def _is_tested(call: Node) -> bool:
    """Return whether the promise decides a condition: it is always true."""
    holder = call.parent
    if holder is None:
        return False
    if holder.type == "parenthesized_expression":
        return holder.parent is not None and (holder.parent.type in _ASKING or _is_tested(holder))
    if holder.type == "unary_expression":
        return holder.children[0].type == "!"
    if holder.type == "ternary_expression":
        return holder.child_by_field_name("condition") == call
    if holder.type == "binary_expression":
        sign = holder.child_by_field_name("operator")
        if sign is None or sign.type not in {"&&", "||"}:
            return False
        return holder.child_by_field_name("left") == call or _is_tested(holder)
    return False


def _kept_as(js: JavaScript, call: Node) -> bool:
    """Return whether a constant keeps the promise, and each of its uses takes it for the value."""
    holder = call.parent
    if holder is None or holder.type != "variable_declarator" or holder.child_by_field_name("value") != call:
        return False
    named = holder.child_by_field_name("name")
    if named is None or holder.parent is None or holder.parent.children[0].type != "const":
        return False
    if named.type != "identifier":
        return named.type == "array_pattern" or (
            named.type == "object_pattern"
            and bool(named.named_children)
            and not any(js.text(one) in _OF_PROMISES | {"promise"} for one in walk(named))
            and not any(one.type == "rest_pattern" for one in walk(named))
        )
    binding = js.scopes.meant(named)
    uses = js.scopes.uses(binding) if binding is not None else []
    return bool(uses) and all(_is_value(js, one) for one in uses)


def _awaiting(js: JavaScript, call: Node) -> Change | None:
    """Return the change that awaits the call; None where nothing can be awaited."""
    function = js.function(call)
    if function is not None and not is_async(function):
        return None
    if function is None and js.code.snapshot.path.suffix not in {".mjs", ".mts"}:
        return None
    holder = call.parent
    is_base = holder is not None and (
        holder.type in {"member_expression", "subscript_expression"}
        or (holder.type == "binary_expression" and any(one.type == "**" for one in holder.children))
    )
    edit = js.replaced(call, f"(await {js.text(call)})") if is_base else js.inserted(call, "await ")
    return Change(say("Await it"), (edit,))


def read_before_filled(js: JavaScript) -> Iterator[Found]:
    """``names.forEach(async (name) => { found.push(await look(name)); }); return found;``."""
    for statement in js.all("expression_statement"):
        call = statement.named_children[0] if statement.named_children else None
        if call is None or call.type != "call_expression" or not js.callee(call).endswith(".forEach"):
            continue
        arguments = js.arguments(call)
        body = arguments[0].child_by_field_name("body") if len(arguments) == 1 else None
        if body is None or not is_async(arguments[0]):
            continue
        waits = min((one.start_byte for one in walk(body) if one.type == "await_expression"), default=body.end_byte)
        for name in walk(body):
            if name.type != "identifier" or (name.start_byte < waits and not _holds_wait(js, name)):
                continue
            binding = js.scopes.meant(name) if _is_filled(js, name) else None
            if binding is None or binding.node.start_byte >= call.start_byte or binding.kind not in {"const", "let"}:
                continue
            if _is_read_after(js, statement, binding):
                yield Found(
                    js.place(call),
                    LOGIC,
                    "foreach-of-promises",
                    say(
                        "`forEach` does not wait for async functions: `{name}` is read below before they have filled "
                        "it.",
                        name=binding.name,
                    ),
                )
                break


def _is_filled(js: JavaScript, name: Node) -> bool:
    """Return whether something is put into what ``name`` names, or is assigned to it."""
    holder = name.parent
    if holder is None:
        return False
    if holder.type in {"assignment_expression", "augmented_assignment_expression"}:
        return holder.child_by_field_name("left") == name
    whole = holder.parent
    if holder.type == "member_expression" and whole is not None and whole.type == "call_expression":
        return (
            whole.child_by_field_name("function") == holder
            and re.search(r"\.(?:push|unshift|add|set)$", js.squeezed(holder)) is not None
        )
    return False


def _holds_wait(js: JavaScript, name: Node) -> bool:
    """Return whether the statement that ``name`` stands in waits for something first."""
    statement = next((one for one in js.above(name) if one.type == "expression_statement"), None)
    return statement is not None and any(one.type == "await_expression" for one in walk(statement))


def _is_read_after(js: JavaScript, statement: Node, binding: Binding) -> bool:
    """Return whether the block reads the name after ``statement`` without anything being awaited before."""
    block, function = statement.parent, js.function(statement)
    if block is None or js.function(binding.node) != function:
        return False
    after = [one for one in block.named_children if one.start_byte >= statement.end_byte]
    waits = [one.start_byte for each in after for one in walk(each) if one.type in {"await_expression"}]
    for use in js.scopes.uses(binding):
        if use.start_byte >= statement.end_byte and use.end_byte <= block.end_byte and js.function(use) == function:
            return not any(one < use.start_byte for one in waits)
    return False


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (promise_as_value, read_before_filled)
