"""TypeErrors of calls: arguments that do not fit the parameters, things that cannot be called."""

from __future__ import annotations

import re

import tree_sitter

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.code import Code
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.explain.python.attributes import short
from qwen_lsp.explain.python.classes import FoundNode, find_definition, own_attributes
from qwen_lsp.explain.python.nothing import gives_none, why_none
from qwen_lsp.explain.python.scope import BUILTINS, bindings_in, visible_names

_CALLABLES_OF_MODULES = {
    "datetime": "datetime.datetime(...)",
    "time": "time.time()",
    "pprint": "pprint.pprint(...)",
    "glob": "glob.glob(...)",
    "copy": "copy.copy(...)",
    "random": "random.random()",
    "socket": "socket.socket(...)",
    "tqdm": "tqdm.tqdm(...)",
}
_MAX_SIGNATURE = 100


def _callee(site: Site, called: str) -> FoundNode | None:
    """Return the function or method that Python calls ``f``, ``C.f`` or ``outer.<locals>.f`` in its messages."""
    *around, name = called.replace("<locals>.", "").split(".")
    if around and around[-1][:1].isupper():
        owner = find_definition(site, around[-1], "class_definition")
        method = own_attributes(owner).get(name) if owner is not None else None
        if owner is None or method is None or method.type != "function_definition":
            return None
        return FoundNode(owner.code, method)
    return find_definition(site, name, "function_definition")


def _signature(callee: FoundNode) -> str:
    parameters = callee.node.child_by_field_name("parameters")
    written = " ".join(callee.code.text(parameters).split()) if parameters is not None else "()"
    return f"{callee.name}{written if len(written) <= _MAX_SIGNATURE else '(...)'}"


def _parameters(callee: FoundNode) -> list[str]:
    """Return the names of a function's parameters."""
    parameters = callee.node.child_by_field_name("parameters")
    known = bindings_in(callee.code, callee.node)
    return [name for name, nodes in known.items() if nodes[0].parent == parameters]


def _missing(site: Site, match: re.Match[str]) -> Answer | None:
    called, missing = match["called"], match["missing"]
    if missing == "'self'":
        owner, _, method = called.rpartition(".")
        what = f"`{owner}`, the class itself," if owner else "the class itself"
        return Answer(
            f"`{method}` is called on {what} and not on an object of it: the parentheses "
            f"that make one, or the object, are missing."
        )
    dataclass = _dataclass(site, called)
    if dataclass is not None:
        return dataclass
    callee = _callee(site, called)
    names = re.findall(r"'(\w+)'", missing)
    if callee is None or not set(names) <= set(_parameters(callee)):
        return None
    what = " and ".join(f"`{one}`" for one in names)
    return Answer(f"The call leaves out {what}. It is defined as `{_signature(callee)}` in {callee.where}.")


def _dataclass(site: Site, called: str) -> Answer | None:
    """Return the answer for a class whose ``__init__`` the decorator dataclass makes of its fields."""
    owner, _, method = called.rpartition(".")
    found = find_definition(site, owner.rpartition(".")[2], "class_definition") if method == "__init__" else None
    wrapper = found.node.parent if found is not None else None
    if (
        found is None
        or wrapper is None
        or wrapper.type != "decorated_definition"
        or "__init__" in own_attributes(found)
    ):
        return None
    decorators = [found.code.text(one) for one in wrapper.named_children if one.type == "decorator"]
    if not any(one.startswith(("@dataclass", "@dataclasses.dataclass")) for one in decorators):
        return None
    body = found.node.child_by_field_name("body")
    fields = [
        found.code.text(statement.named_children[0])
        for statement in (body.named_children if body is not None else [])
        if statement.type == "expression_statement" and statement.named_children[0].type == "assignment"
    ]
    return Answer(f"`{found.name}` ({found.where}) is a dataclass with these fields, in order: {'; '.join(fields)}.")


def _too_many(site: Site, match: re.Match[str]) -> Answer | None:
    callee = _callee(site, match["called"])
    if callee is None:
        return None
    names = _parameters(callee)
    if not match["least"] and int(match["takes"]) > len(names):
        return None
    around = callee.node.parent.parent if callee.node.parent is not None else None
    if match["takes"] == "0" and match["given"] == "1" and not names and _is_class(around):
        return Answer(
            f"`{callee.name}` ({callee.where}) is a method, but has no parameter for the object it is called on: "
            f"`self` is missing."
        )
    extra = " The object before the dot counts as one." if names[:1] in (["self"], ["cls"]) else ""
    return Answer(f"It is defined as `{_signature(callee)}` in {callee.where}.{extra}")


def _is_class(node: tree_sitter.Node | None) -> bool:
    return node is not None and node.type == "class_definition"


def _unexpected(site: Site, match: re.Match[str]) -> Answer | None:
    name = match["name"]
    callee = _callee(site, match["called"])
    names = [one for one in _parameters(callee) if one not in ("self", "cls")] if callee is not None else []
    if callee is None or name in names:
        return None
    meant, certain = near(name, names), only_near(name, names)
    hint = f" Did you mean {said(meant)}?" if meant else ""
    text = f"`{_signature(callee)}` ({callee.where}) has no parameter `{name}`.{hint}"
    return Answer(text, _renamed_keyword(site, name, certain) if certain else None)


def _renamed_keyword(site: Site, old: str, new: str) -> Change | None:
    code, place = site.code, site.place
    if code is None or place is None:
        return None
    found = [
        name
        for node in code.nodes(place, "keyword_argument", within=site.is_underlined)
        if (name := node.child_by_field_name("name")) is not None and code.text(name) == old
    ]
    if len(found) != 1:
        return None
    return Change(f"Change `{old}=` to `{new}=`", (site.edit(code.range_of(found[0]), new),))


def _not_callable(site: Site, match: re.Match[str]) -> Answer | None:
    code, place, type_name = site.code, site.place, match["type"]
    if code is None or place is None or not site.is_innermost:
        return None
    functions = [
        function
        for one in code.nodes(place, "call", within=site.is_underlined)
        if (function := one.child_by_field_name("function")) is not None
    ]
    names = visible_names(code, place)
    if type_name == "NoneType":
        return _none_called(site, code, functions)
    if type_name == "module":
        modules = [name for one in functions if _binds_module(names.get(name := code.text(one)))]
        if len(modules) != 1:
            return None
        hint = _CALLABLES_OF_MODULES.get(modules[0])
        return Answer(
            f"`{modules[0]}` is a module, not a function of it." + (f" Did you mean `{hint}`?" if hint else "")
        )
    hidden = [name for one in functions if (name := code.text(one)) in BUILTINS and names.get(name) is not None]
    if len(hidden) == 1 and (binding := names[hidden[0]]) is not None and binding.type == "assignment":
        name, lineno = hidden[0], code.lineno(binding)
        return Answer(f"Line {lineno} gives the name `{name}` to a {type_name}, which hides the built-in `{name}()`.")
    if type_name in ("tuple", "str", "int", "float", "list") and (gap := _missing_comma(code, functions)):
        return Answer(f"A comma is missing before the parenthesis in line {gap}: Python reads it as a call.")
    return None


def _binds_module(binding: tree_sitter.Node | None) -> bool:
    return binding is not None and binding.type == "import_statement"


def _missing_comma(code: Code, functions: list[tree_sitter.Node]) -> int | None:
    """Return the line where a tuple, string or number stands right before a parenthesis."""
    literal = [one for one in functions if one.type in ("tuple", "string", "integer", "float", "list")]
    return code.tree.lines_of(literal[0])[1] if len(literal) == 1 else None


def _none_called(site: Site, code: Code, functions: list[tree_sitter.Node]) -> Answer | None:
    if len(functions) != 1 or site.place is None:
        return None
    written = short(code.text(functions[0]))
    if functions[0].type == "identifier":
        decorator = _decorator_without_return(site, written)
        if decorator is not None:
            return Answer(
                f"`{written}` is None: its decorator `{decorator.name}` ({decorator.where}) returns no function."
            )
    reason = why_none(code, functions[0], site.place)
    return Answer(f"`{written}` is None here and is called." + (f" {reason}" if reason else ""))


def _decorator_without_return(site: Site, function: str) -> FoundNode | None:
    found = find_definition(site, function, "function_definition")
    wrapper = found.node.parent if found is not None else None
    if found is None or wrapper is None or wrapper.type != "decorated_definition":
        return None
    for decorator in (one for one in wrapper.named_children if one.type == "decorator"):
        named = decorator.named_children[0]
        applied = found.code.text(named.child_by_field_name("function") or named)
        definition = find_definition(site, applied.rpartition(".")[2], "function_definition")
        if definition is None:
            continue
        if named.type != "call" and gives_none(definition.code, definition.node):
            return definition
        inner = [one for one in definition.code.below(definition.node, "function_definition") if one != definition.node]
        if named.type == "call" and inner and gives_none(definition.code, inner[0]):
            return definition
    return None


_CALLED = r"(?P<called>[\w.<>]+)\(\) "
RULES: tuple[Rule, ...] = (
    rule(
        "TypeError",
        _CALLED + r"missing [0-9]+ required (?:positional|keyword-only) arguments?: (?P<missing>.+)",
        _missing,
    ),
    rule(
        "TypeError",
        _CALLED + r"takes (?P<least>from [0-9]+ to )?(?P<takes>[0-9]+) positional arguments? but (?P<given>[0-9]+) "
        r"(?:was|were) given",
        _too_many,
    ),
    rule("TypeError", _CALLED + r"got an unexpected keyword argument '(?P<name>\w+)'", _unexpected),
    rule("TypeError", r"'(?P<type>[\w.]+)' object is not callable", _not_callable),
)
