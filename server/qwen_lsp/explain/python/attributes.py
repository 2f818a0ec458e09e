"""AttributeError: None where an object was expected, a name that nearly exists, an ``__init__`` that was left out."""

from __future__ import annotations

import builtins
import re
import sys

import tree_sitter

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.code import Code
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.explain.python.classes import (
    FoundNode,
    attributes_of,
    find_definition,
    find_module,
    own_attributes,
    with_bases,
)
from qwen_lsp.explain.python.known import METHODS_ELSEWHERE, has_all
from qwen_lsp.explain.python.nothing import why_none
from qwen_lsp.explain.python.scope import bindings_in

_ASYNC = frozenset({"coroutine", "async_generator"})


def accesses(site: Site, attribute: str) -> list[tuple[Code, tree_sitter.Node]]:
    """Return the attribute expressions on the crash's line that ask for ``attribute``."""
    code, place = site.code, site.place
    if code is None or place is None:
        return []
    return [
        (code, node)
        for node in code.nodes(place, "attribute", within=site.is_underlined)
        if (named := node.child_by_field_name("attribute")) is not None and code.text(named) == attribute
    ]


def _no_attribute(site: Site, match: re.Match[str]) -> Answer | None:
    type_name, attribute = match["type"], match["attribute"]
    found = accesses(site, attribute) if site.is_innermost else []
    if type_name == "NoneType":
        return _of_none(site, found, attribute)
    if type_name in _ASYNC:
        return Answer(f"The value is a {type_name.replace('_', ' ')} that was not awaited: an `await` is missing.")
    if type_name in METHODS_ELSEWHERE and attribute in METHODS_ELSEWHERE[type_name]:
        return Answer(f"A {type_name} has no `{attribute}` in Python{METHODS_ELSEWHERE[type_name][attribute]}.")
    builtin = getattr(builtins, type_name, None)
    if isinstance(builtin, type):
        return _did_you_mean(site, found, attribute, set(dir(builtin)), f"a {type_name}")
    definition = find_definition(site, type_name, "class_definition")
    if definition is None:
        return None
    skipped = _skipped_init(site, definition, attribute)
    if skipped is not None:
        return skipped
    known = attributes_of(site, definition)
    if known is None:
        return None
    return _did_you_mean(site, found, attribute, known, f"`{type_name}` ({definition.where})")


def _of_none(site: Site, found: list[tuple[Code, tree_sitter.Node]], attribute: str) -> Answer | None:
    if len(found) != 1 or site.place is None:
        return None
    code, node = found[0]
    value = node.child_by_field_name("object")
    if value is None:
        return None
    written = short(code.text(value))
    reason = why_none(code, value, site.place)
    return Answer(
        f"`{written}` is None here, where its `.{attribute}` is asked for." + (f" {reason}" if reason else "")
    )


def short(text: str) -> str:
    """Return a piece of code for a sentence: in one line, and not longer than can be read at a glance."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _did_you_mean(
    site: Site, found: list[tuple[Code, tree_sitter.Node]], attribute: str, known: set[str], owner: str
) -> Answer | None:
    names = {name for name in known if not (name.startswith("__") and not attribute.startswith("__"))}
    meant = near(attribute, names)
    if not meant:
        return None
    certain = only_near(attribute, names)
    change = None
    if certain is not None and len(found) == 1:
        named = found[0][1].child_by_field_name("attribute")
        if named is not None:
            edit = site.edit(found[0][0].range_of(named), certain)
            change = Change(f"Change `.{attribute}` to `.{certain}`", (edit,))
    return Answer(f"{owner[0].upper()}{owner[1:]} has no `{attribute}`. Did you mean {said(meant)}?", change)


def _skipped_init(site: Site, definition: FoundNode, attribute: str) -> Answer | None:
    """Return the answer for an attribute that a base's ``__init__`` sets and that was never called."""
    own = own_attributes(definition)
    init = own.get("__init__")
    if init is None or attribute in own or "super()" in definition.code.text(init):
        return None
    for base in with_bases(site, definition):
        if base is None or base.node == definition.node:
            continue
        setting = own_attributes(base)
        base_init = setting.get("__init__")
        if f"{base.name}.__init__" in definition.code.text(init):
            return None
        if attribute in setting and base_init is not None and f"self.{attribute}" in base.code.text(base_init):
            return Answer(
                f"`{base.name}.__init__` ({base.where}) sets `{attribute}`, but `{definition.name}.__init__` "
                f"({definition.code.snapshot.path.name} line {definition.code.lineno(init)}) "
                f"never calls `super().__init__()`."
            )
    return None


def hides_standard_module(site: Site, module: str) -> Answer | None:
    """Return the answer for a file of the workspace that Python imports in place of its own module."""
    code = site.code
    target = find_module(site, code, module) if code is not None and module in sys.stdlib_module_names else None
    if target is None:
        return None
    name = target.snapshot.path.name
    return Answer(
        f"{name} of the workspace hides the standard library's module `{module}`: give the file another name."
    )


def _of_module(site: Site, match: re.Match[str]) -> Answer | None:
    module, attribute = match["module"], match["attribute"]
    is_said = bool(match["partially"]) or "consider renaming" in site.failure.message
    if is_said or has_all(module, {attribute}):
        hiding = hides_standard_module(site, module)
        if hiding is not None:
            return hiding
    if match["partially"]:
        return Answer(
            f"`{module}` is not finished: its own imports led back here before it could define `{attribute}` (a "
            f"circular import). Import it inside the function that needs it, or move `{attribute}` to a third module."
        )
    code = site.code
    target = find_module(site, code, module) if code is not None else None
    if target is None:
        return None
    known = set(bindings_in(target, target.tree.root))
    owner = f"the module `{module}` ({target.snapshot.path.name})"
    return _did_you_mean(site, accesses(site, attribute), attribute, known, owner)


RULES: tuple[Rule, ...] = (
    rule(
        "AttributeError",
        r"(?:(?P<partially>partially initialized )|cannot access submodule )?module '(?P<module>[\w.]+)' "
        r"has no attribute '(?P<attribute>\w+)'",
        _of_module,
    ),
    rule(
        "AttributeError",
        r"(?:type object )?'(?P<type>\w+)' object has no attribute '(?P<attribute>\w+)'",
        _no_attribute,
    ),
    rule("AttributeError", r"type object '(?P<type>\w+)' has no attribute '(?P<attribute>\w+)'", _no_attribute),
)
