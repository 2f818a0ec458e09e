"""NameError and UnboundLocalError: the name that was meant, the import that is missing, the assignment too late."""

from __future__ import annotations

import re

import tree_sitter

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.code import Code
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.explain.python.known import (
    CONSTANTS_ELSEWHERE,
    IMPORTED_FROM,
    PYTHON_2_NAMES,
    USUAL_ALIASES,
    has_all,
)
from qwen_lsp.explain.python.scope import bindings_in, is_variable, scopes_at, visible_names
from qwen_lsp.model import Position, Range, TextEdit

_SHORTEST_CERTAIN = 4


def _undefined(site: Site, match: re.Match[str]) -> Answer | None:
    name, code, place = match["name"], site.code, site.place
    uses = _uses(site, name)
    if code is None or place is None or not uses or not site.is_innermost:
        return None
    visible = visible_names(code, place)
    if name in visible:
        return _too_late(site, code, name, visible[name])
    if name in CONSTANTS_ELSEWHERE:
        return _other_name(site, uses, name, CONSTANTS_ELSEWHERE[name], f"Python writes `{name}` as")
    if name in PYTHON_2_NAMES:
        return _other_name(site, uses, name, PYTHON_2_NAMES[name], f"`{name}` was Python 2's; Python 3 has")
    of_self = _attribute_of_self(code, place, name)
    if of_self is not None:
        return Answer(of_self, Change(f"Write `self.{name}`", _replacements(site, uses, f"self.{name}")))
    import_line = _import_of(code, uses, name)
    if import_line is not None:
        text = f"`{name}` is not imported here: `{import_line}` is missing."
        return Answer(text, Change(f"Add `{import_line}`", (_import_edit(site, code, import_line),)))
    if name in USUAL_ALIASES:
        return Answer(f"`{name}` is not imported here; it is usually short for `{USUAL_ALIASES[name]}`.")
    meant = near(name, visible)
    if not meant:
        return Answer(f"Nothing that this line can see is called `{name}`, and nothing has a name like it.")
    certain = only_near(name, visible) if len(name) >= _SHORTEST_CERTAIN else None
    change = Change(f"Change `{name}` to `{certain}`", _replacements(site, uses, certain)) if certain else None
    where = visible[meant[0]] if len(meant) == 1 else None
    origin = f" (line {code.lineno(where)})" if where is not None else ""
    return Answer(f"Nothing that this line can see is called `{name}`. Did you mean {said(meant)}{origin}?", change)


def _uses(site: Site, name: str) -> list[tree_sitter.Node]:
    """Return the places in the function of the crash where ``name`` is read as a variable, one on the line at least."""
    code, place = site.code, site.place
    if code is None or place is None:
        return []
    around = scopes_at(code, place)
    if not around:
        return []
    found = [one for one in code.below(around[0], "identifier") if code.text(one) == name and is_variable(one)]
    return found if any(place.start.line <= code.line(one) <= place.end.line for one in found) else []


def _replacements(site: Site, uses: list[tree_sitter.Node], new: str) -> tuple[TextEdit, ...]:
    code = site.code
    return tuple(site.edit(code.range_of(one), new) for one in uses) if code is not None else ()


def _other_name(site: Site, uses: list[tree_sitter.Node], name: str, other: str, words: str) -> Answer:
    return Answer(f"{words} `{other}`.", Change(f"Change `{name}` to `{other}`", _replacements(site, uses, other)))


def _too_late(site: Site, code: Code, name: str, binding: tree_sitter.Node | None) -> Answer | None:
    if binding is None:
        return None
    lineno = code.lineno(binding)
    if binding.type == "as_pattern" and binding.parent is not None and binding.parent.type == "except_clause":
        return Answer(f"`{name}` exists only inside the `except` block of line {lineno}; Python deletes it at its end.")
    if binding.type == "global_statement":
        return Answer(f"`{name}` gets its value only in the function of line {lineno}, which had not run.")
    place = site.place
    if place is not None and code.line(binding) > place.start.line:
        return Answer(f"`{name}` is defined in line {lineno}, which had not run when this line needed it.")
    return None


def _attribute_of_self(code: Code, place: Range, name: str) -> str | None:
    """Return the sentence for a method or attribute of the class around ``place`` that lacks its ``self.``."""
    function = next(code.around(place, "function_definition"), None)
    around = next(code.around(place, "class_definition"), None)
    if function is None or around is None or function.start_byte < around.start_byte:
        return None
    parameters = function.child_by_field_name("parameters")
    if parameters is None or not parameters.named_children or code.text(parameters.named_children[0]) != "self":
        return None
    class_name = around.child_by_field_name("name")
    words = f"of `{code.text(class_name)}`; inside the class it is reached as `self.{name}`." if class_name else ""
    bound = bindings_in(code, around).get(name)
    if bound:
        kind = "method" if bound[0].type == "function_definition" else "class attribute"
        return f"`{name}` (line {code.lineno(bound[0])}) is a {kind} {words}"
    for target in code.below(around, "assignment"):
        left = target.child_by_field_name("left")
        if left is not None and code.text(left) == f"self.{name}":
            return f"`{name}` (line {code.lineno(target)}) is an attribute {words}"
    return None


def _import_of(code: Code, uses: list[tree_sitter.Node], name: str) -> str | None:
    """Return the import that a name of the standard library needs; None where it may stand for something else."""
    attributes = {
        code.text(attribute)
        for one in uses
        if one.parent is not None and one.parent.type == "attribute"
        if (attribute := one.parent.child_by_field_name("attribute")) is not None
    }
    if name == "datetime" and attributes:
        is_module = attributes <= {"datetime", "timedelta", "date", "timezone", "time"}
        return "import datetime" if is_module else "from datetime import datetime"
    if name in IMPORTED_FROM:
        return f"from {IMPORTED_FROM[name]} import {name}"
    return f"import {name}" if attributes and has_all(name, attributes) else None


def _import_edit(site: Site, code: Code, import_line: str) -> TextEdit:
    """Return the edit that adds an import below the file's last import of the first block, else below its docstring."""
    line = 0
    for node in code.tree.root.named_children:
        is_docstring = node.type == "expression_statement" and node.named_children[0].type == "string"
        if node.type in ("import_statement", "import_from_statement", "future_import_statement") or (
            line == 0 and is_docstring
        ):
            line = code.tree.lines_of(node)[1]
        elif node.type != "comment":
            break
        elif line == 0 and code.text(node).startswith(("#!", "# -*-")):
            line = code.tree.lines_of(node)[1]
    ending = "\r\n" if code.snapshot.lines[0].endswith("\r\n") else "\n"
    if line and not code.snapshot.lines[line - 1].endswith(("\n", "\r")):
        end = Position(line - 1, len(code.snapshot.lines[line - 1]))
        return site.edit(Range(end, end), ending + import_line)
    return site.insertion(line, 0, import_line + ending)


def _unbound(site: Site, match: re.Match[str]) -> Answer | None:
    name, code, place = match["name"], site.code, site.place
    if code is None or place is None:
        return None
    scopes = [one for one in scopes_at(code, place) if one.type != "lambda"]
    if not site.is_innermost or (scopes and re.search(rf"\bdel\b.*\b{name}\b", code.text(scopes[0]))):
        return None
    bindings = bindings_in(code, scopes[0]).get(name) if scopes else None
    if not bindings or scopes[0].type != "function_definition":
        return None
    function = code.text(scopes[0].child_by_field_name("name") or scopes[0])
    lineno = code.lineno(bindings[0])
    outer = next((scope for scope in scopes[1:] if name in bindings_in(code, scope)), None)
    if outer is None:
        if any(one.type == "as_pattern" for one in bindings):
            return None
        return Answer(
            f"`{name}` gets a value only where line {_lines(code, bindings)} of `{function}` runs, which it had not: "
            f"a branch not taken, a loop without a turn, or a line further down."
        )
    keyword = "global" if outer.type == "module" else "nonlocal"
    text = (
        f"Line {lineno} assigns `{name}` inside `{function}`, which makes it a local variable in all of `{function}`; "
        f"the `{name}` of line {code.lineno(bindings_in(code, outer)[name][0])} is another one. "
        f"`{keyword} {name}` says that the outer one is meant."
    )
    return Answer(text, _declaration(site, code, scopes[0], outer, keyword))


def _declaration(
    site: Site, code: Code, function: tree_sitter.Node, outer: tree_sitter.Node, keyword: str
) -> Change | None:
    """Return the declaration of every name that ``function`` only ever changes with ``+=`` and the like.

    Such a name cannot be meant to be local: it would have no value to add to.
    """
    body = function.child_by_field_name("body")
    if body is None or not body.named_children or code.line(body) == code.line(function):
        return None
    here, there = bindings_in(code, function), bindings_in(code, outer)
    names = [
        name
        for name, bindings in here.items()
        if name in there and any(one.type == "augmented_assignment" for one in bindings)
    ]
    if not names or any(one.type != "augmented_assignment" for name in names for one in here[name]):
        return None
    declared = f"{keyword} {', '.join(names)}"
    first = body.named_children[0]
    is_docstring = first.type == "expression_statement" and first.named_children[0].type == "string"
    line = code.tree.lines_of(first)[1] if is_docstring else code.line(first)
    margin = " " * code.range_of(first).start.character
    ending = "\r\n" if code.snapshot.lines[0].endswith("\r\n") else "\n"
    return Change(f"Declare `{declared}`", (site.insertion(line, 0, margin + declared + ending),))


def _lines(code: Code, nodes: list[tree_sitter.Node]) -> str:
    numbers = list(dict.fromkeys(str(code.lineno(one)) for one in nodes))
    return " or ".join([", ".join(numbers[:-1]), numbers[-1]] if len(numbers) > 1 else numbers)


_UNBOUND = (
    r"(?:cannot access local variable|local variable) '(?P<name>\w+)' "
    r"(?:where it is not associated with a value|referenced before assignment)"
)
RULES: tuple[Rule, ...] = (
    rule("NameError", r"name '(?P<name>\w+)' is not defined", _undefined),
    rule("UnboundLocalError", _UNBOUND, _unbound),
    # The same, found by mypy, pyright, ruff, flake8 or pylint.
    rule(
        "name-defined reportUndefinedVariable F821 undefined-variable",
        r"(?:Name |[Uu]ndefined (?:name|variable) )?[`'\"](?P<name>\w+)[`'\"](?: is not defined|$)",
        _undefined,
    ),
)
