"""Classes and modules of the workspace, and the attributes that they define."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter

from qwen_lsp.explain.answer import Site
from qwen_lsp.explain.code import Code
from qwen_lsp.explain.python.scope import bindings_in

_MAX_BASES = 10


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A definition and the file it stands in."""

    code: Code
    node: tree_sitter.Node

    @property
    def name(self) -> str:
        """The defined name."""
        name = self.node.child_by_field_name("name")
        return self.code.text(name) if name is not None else ""

    @property
    def where(self) -> str:
        """The place in words: "shop.py line 3"."""
        return f"{self.code.snapshot.path.name} line {self.code.lineno(self.node)}"


def find_definition(site: Site, name: str, kind: str) -> FoundNode | None:
    """Return the only definition of ``name`` in the frames' files and in what those import; None where unsure.

    ``kind`` is a node type, ``class_definition`` or ``function_definition``.
    """
    seen: set[Path] = set()
    for path in site.paths:
        code = site.code_at(path)
        for one in [code, *imported(site, code)] if code is not None else []:
            if one.snapshot.path in seen:
                continue
            seen.add(one.snapshot.path)
            found = [
                node
                for node in one.below(one.tree.root, kind)
                if (named := node.child_by_field_name("name")) is not None and one.text(named) == name
            ]
            if found:
                return FoundNode(one, found[0]) if len(found) == 1 else None
    return None


def imported(site: Site, code: Code) -> Iterator[Code]:
    """Yield the workspace's modules that a file imports from, directly."""
    for node in code.below(code.tree.root, "import_from_statement", "import_statement"):
        for dotted in imported_modules(code, node):
            found = find_module(site, code, dotted)
            if found is not None:
                yield found


def imported_modules(code: Code, node: tree_sitter.Node) -> list[str]:
    """Return the modules that an import statement names, with leading dots where they are relative."""
    if node.type == "import_from_statement":
        module = node.child_by_field_name("module_name")
        return [code.text(module)] if module is not None else []
    names = [name.child_by_field_name("name") or name for name in node.children_by_field_name("name")]
    return [code.text(name) for name in names]


def find_module(site: Site, importing: Code, dotted: str) -> Code | None:
    """Return the file of module ``dotted`` in the workspace, as seen from the file that imports it."""
    name = dotted.lstrip(".")
    level = len(dotted) - len(name)
    path = importing.snapshot.path
    if level:
        folders = [path.parents[level - 1]] if level <= len(path.parents) else []
    else:
        folders = [path.parent, *site.roots, *(root / "src" for root in site.roots)]
    parts = name.split(".") if name else []
    for folder in folders:
        candidates = [folder.joinpath(*parts, "__init__.py")]
        if parts:
            candidates.insert(0, folder.joinpath(*parts).with_suffix(".py"))
        for candidate in candidates:
            if (code := site.code_at(candidate)) is not None:
                return code
    return None


def attributes_of(site: Site, found: FoundNode) -> set[str] | None:
    """Return the attributes that a class and its bases give instances; None where a base is not in the workspace."""
    names: set[str] = set()
    for one in with_bases(site, found):
        if one is None:
            return None
        names.update(own_attributes(one))
    return names


def own_attributes(found: FoundNode) -> dict[str, tree_sitter.Node]:
    """Return what the body of a class binds, and what its methods assign to ``self``."""
    attributes = {name: nodes[0] for name, nodes in bindings_in(found.code, found.node).items()}
    for node in found.code.below(found.node, "assignment", "augmented_assignment"):
        left = node.child_by_field_name("left")
        targets = [left] if left is not None and left.type == "attribute" else []
        if left is not None and left.type == "pattern_list":
            targets = [one for one in left.named_children if one.type == "attribute"]
        if left is not None and left.type == "identifier" and node.child_by_field_name("type") is not None:
            attributes.setdefault(found.code.text(left), node)  # a field without a value
        for target in targets:
            written = found.code.text(target)
            if written.startswith("self."):
                attributes.setdefault(written.removeprefix("self."), node)
    return attributes


def with_bases(site: Site, found: FoundNode) -> Iterator[FoundNode | None]:
    """Yield a class and the classes that it inherits from; None in place of one that cannot be seen."""
    todo, seen = [found], 0
    while todo and seen < _MAX_BASES:
        one = todo.pop(0)
        seen += 1
        yield one
        bases = one.node.child_by_field_name("superclasses")
        for base in bases.named_children if bases is not None else []:
            if base.type in ("keyword_argument", "comment") or one.code.text(base) == "object":
                continue
            definition = find_definition(site, one.code.text(base), "class_definition")
            if definition is None:
                yield None
            elif definition != found:
                todo.append(definition)
