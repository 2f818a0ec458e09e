"""Classes of Python: attributes that all objects share, and those that no constructor makes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.python.changing import (
    is_assigned_here,
    is_changed_here,
    is_new_container,
    methods,
    own_attributes,
    self_name,
)
from qwen_lsp.review.python.code import Function, PythonCode

_PLAIN_BASES = frozenset(["object", "ABC", "abc.ABC", "Generic", "typing.Generic", "Exception", "threading.Thread"])
_SHARED_ON_PURPOSE = re.compile(
    r"(?i:cache|memo|saved|regist|shared|pool|singleton|instances|global|known|all_)|[A-Z]{2}|^[A-Z]|^__"
)
_SAID_TO_BE_SHARED = re.compile(r"(?i)#.*\b(?:shared?|class|all|global|cach\w+|every|common)\b")
_STANDING_IN = re.compile(r"(?i)null|no_?op|dummy|fake|mock|stub|empty")
_MADE_OTHERWISE = frozenset(["__new__", "__getattr__", "__getattribute__"])
_OF_EVERY_OBJECT = frozenset(["__dict__", "__class__", "__init__"])


def is_shared_on_purpose(name: str) -> bool:
    """Return whether ``name`` says that there is meant to be one object only."""
    return _SHARED_ON_PURPOSE.search(name) is not None


def shared_attribute(code: PythonCode) -> Iterator[Found]:
    """``items = []`` in a class, with ``self.items.append(item)`` in a method."""
    for holder in code.nodes(ast.ClassDef):
        if not _is_plain(code, holder) or any(one.name in _MADE_OTHERWISE for one in methods(holder)):
            continue
        for statement in holder.body:
            name = _new_in_class(code, statement)
            if not name or is_shared_on_purpose(name) or not _is_changed_through_self(code, holder, name):
                continue
            if not any(_SAID_TO_BE_SHARED.search(one) for one in _said_of(code, statement)):
                yield Found(
                    code.place(statement),
                    LOGIC,
                    "shared-attribute",
                    say(
                        "All objects of the class share this one `{name}`, and what one of them changes all others "
                        "see. Make it in `__init__`.",
                        name=name,
                    ),
                )


def _said_of(code: PythonCode, statement: ast.stmt) -> Iterator[str]:
    """Yield the line of a statement and the lines of comments right above it."""
    line = statement.lineno - 1
    yield code.snapshot.line(line)
    while line > 0 and code.snapshot.line(line - 1).lstrip().startswith("#"):
        line -= 1
        yield code.snapshot.line(line)


def _is_plain(code: PythonCode, holder: ast.ClassDef) -> bool:
    """Return whether nothing can give the objects copies of their own: no decorator, no base that is not known."""
    if holder.decorator_list or holder.keywords:
        return False
    for base in holder.bases:
        named = base.value if isinstance(base, ast.Subscript) else base
        own = _class_named(code, named)
        if not (_is_plain(code, own) if own is not None and own is not holder else code.dotted(named) in _PLAIN_BASES):
            return False
    return True


def _class_named(code: PythonCode, node: ast.expr) -> ast.ClassDef | None:
    """Return the class of this module that ``node`` names, where there is one only."""
    if not isinstance(node, ast.Name):
        return None
    named = code.classes_by_name.get(node.id, [])
    return named[0] if len(named) == 1 and code.parent(named[0]) is code.tree else None


def _new_in_class(code: PythonCode, statement: ast.stmt) -> str:
    """Return the name that a statement of a class gives to a new container, or ""."""
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and "ClassVar" not in code.text(statement.annotation):
        target = statement.target
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if isinstance(target, ast.Name) and value is not None and is_new_container(code, value):
        return target.id
    return ""


def _is_changed_through_self(code: PythonCode, holder: ast.ClassDef, name: str) -> bool:
    """Return whether methods change it through ``self``, and nothing in the file uses it as the class's, or sets it."""
    for one in code.attributes_by_name.get(name, []):
        of = one.value
        is_of_class = isinstance(of, ast.Name) and (of.id == "cls" or of.id in code.classes_by_name)
        is_of_class = is_of_class or code.dotted(of).endswith(("type()", "__class__"))
        if is_of_class or is_assigned_here(code, one):
            return False
    if any(isinstance(one.func, ast.Name) and one.func.id == "setattr" for one in code.nodes(ast.Call)):
        return False
    changed = [one for method in methods(holder) for one in own_attributes(method) if one.attr == name]
    if name.startswith("_"):  # `self._found[key] = value` may fill a table that is the class's
        changed = [one for one in changed if not isinstance(code.parent(one), ast.Subscript)]
    return any(is_changed_here(code, one) for one in changed)


def init_not_called(code: PythonCode) -> Iterator[Found]:
    """An ``__init__`` that leaves out what the one of the base makes."""
    for holder in code.nodes(ast.ClassDef):
        own = _init(holder)
        if own is None or holder.decorator_list or holder.keywords:
            continue
        for base in holder.bases:
            chain = _chain(code, base, [holder])
            making = next((one for one in chain if _init(one) is not None), None)
            init = None if making is None else _init(making)
            if making is None or init is None or init.decorator_list or _may_make_more(code, own):
                continue
            if any(one.decorator_list or _MADE_OTHERWISE & _names(one) for one in (holder, *chain)):
                continue
            if _is_on_purpose(holder, own, init):
                continue
            missing = _made(init) - _provided(code, holder, chain, init)
            read = _read(code, holder, chain)
            lacking = next((name for name in read if name in missing), None)
            if lacking is not None:
                yield Found(
                    code.place(own),
                    LOGIC,
                    "init-not-called",
                    say(
                        "This never calls `{base}.__init__`, and so the object has no `{name}`, which its methods "
                        "read. Call `super().__init__(...)` first.",
                        base=making.name,
                        name=lacking,
                    ),
                )
                break


def _init(holder: ast.ClassDef) -> Function | None:
    found = [one for one in methods(holder) if one.name == "__init__"]
    return found[0] if len(found) == 1 else None


def _chain(code: PythonCode, base: ast.expr, seen: list[ast.ClassDef]) -> list[ast.ClassDef]:
    """Return the class that ``base`` names, and the first bases above it, as far as they are in this file."""
    named = _class_named(code, base.value if isinstance(base, ast.Subscript) else base)
    if named is None or named in seen:
        return []
    above = _chain(code, named.bases[0], [*seen, named]) if named.bases else []
    return [named, *above]


def _names(holder: ast.ClassDef) -> set[str]:
    return {one.name for one in methods(holder)}


def _may_make_more(code: PythonCode, init: Function) -> bool:
    """Return whether a constructor calls another one, or hands its object to somebody who may make attributes."""
    name = self_name(init)
    for node in ast.walk(init):
        if isinstance(node, ast.Name) and node.id in {"super", "setattr", "vars", "locals"}:
            return True
        if isinstance(node, ast.Attribute) and node.attr in _OF_EVERY_OBJECT:
            return True
        if isinstance(node, ast.Name) and node.id == name and not isinstance(code.parent(node), ast.Attribute):
            return True
    return False


def _is_on_purpose(holder: ast.ClassDef, own: Function, init: Function) -> bool:
    """Return whether a class stands in for its base, does the work of its constructor itself, or calls it later."""
    if _STANDING_IN.search(holder.name) or isinstance(own.body[-1], ast.Pass):
        return True
    does_its_work = bool(_made(init) & _made(own))
    return does_its_work or any(isinstance(one, ast.Attribute) and one.attr == "__init__" for one in ast.walk(holder))


def _made(init: Function) -> set[str]:
    """Return the attributes that a constructor makes in any case."""
    found: set[str] = set()
    for statement in init.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {
                one.attr
                for target in targets
                for one in ([*target.elts] if isinstance(target, ast.Tuple) else [target])
                if isinstance(one, ast.Attribute)
                and isinstance(one.value, ast.Name)
                and one.value.id == self_name(init)
            }
    return found


def _provided(code: PythonCode, holder: ast.ClassDef, chain: list[ast.ClassDef], but: Function) -> set[str]:
    """Return the attributes that any other method than ``but`` makes, or that the classes have."""
    found: set[str] = set()
    for one in (holder, *chain):
        found |= _names(one)
        for node in one.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                found |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        for method in methods(one):
            if method is not but:
                found |= {each.attr for each in own_attributes(method) if is_assigned_here(code, each)}
    return found


def _read(code: PythonCode, holder: ast.ClassDef, chain: list[ast.ClassDef]) -> list[str]:
    """Return the attributes that the methods of an object read, as far as no class below replaces them."""
    found: list[str] = []
    replaced: set[str] = {"__init__"}
    for one in (holder, *chain):
        for method in methods(one):
            if method.name not in replaced or (one is holder and method.name == "__init__"):
                found += [each.attr for each in own_attributes(method) if not is_assigned_here(code, each)]
        replaced |= _names(one) - _called_above(one)
    return found


def _called_above(holder: ast.ClassDef) -> set[str]:
    """Return the methods that a class calls as ``super().method``."""
    attributes = [one for one in ast.walk(holder) if isinstance(one, ast.Attribute)]
    return {
        one.attr
        for one in attributes
        if isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Name) and one.value.func.id == "super"
    }


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    shared_attribute,
    init_not_called,
)
