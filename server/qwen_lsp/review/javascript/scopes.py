"""Which declaration each name of a JavaScript file means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qwen_lsp.review.javascript.code import FUNCTIONS, JavaScript, Node
from qwen_lsp.syntax.tree import walk

_BLOCKS = frozenset(
    {
        "program",
        "statement_block",
        "switch_body",
        "for_statement",
        "for_in_statement",
        "catch_clause",
        "class_static_block",
        *FUNCTIONS,
    }
)
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_READ = frozenset({"identifier", "shorthand_property_identifier"})
_DECLARING = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "enum_declaration": "other",
    "internal_module": "other",
    "function_signature": "other",
}


@dataclass(frozen=True)
class Binding:
    """A name's declaration: ``kind`` is const, let, var, function, class, parameter, import, loop or other.

    ``node`` is the declarator, the function or class, else the name itself; ``scope`` is the node within which the name
    has this meaning.
    """

    name: str
    kind: str
    node: Node
    scope: Node

    @property
    def value(self) -> Node | None:
        """What a plain variable is given where it is declared."""
        named = self.node.child_by_field_name("name") if self.node.type == "variable_declarator" else None
        return None if named is None or named.type != "identifier" else self.node.child_by_field_name("value")


class Scopes:
    """The declarations of a file."""

    def __init__(self, js: JavaScript) -> None:
        self._js = js
        self._found: dict[int, dict[str, list[Binding]]] = {}
        self._declared: set[int] = set()
        for one in self._bindings():
            self._found.setdefault(one.scope.id, {}).setdefault(one.name, []).append(one)

    def meant(self, name: Node) -> Binding | None:
        """Return what a name means where it stands; None where nothing declares it, or several things do."""
        text = self._js.text(name)
        for one in self._js.above(name):
            found = self._found.get(one.id, {}).get(text)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def is_declared(self, name: str) -> bool:
        """Return whether anything in the file declares ``name``."""
        return any(name in one for one in self._found.values())

    def of_kind(self, *kinds: str) -> Iterator[Binding]:
        """Yield the bindings of these kinds that have their name for themselves in their scope."""
        for names in self._found.values():
            for bindings in names.values():
                if len(bindings) == 1 and bindings[0].kind in kinds:
                    yield bindings[0]

    def uses(self, binding: Binding) -> list[Node]:
        """Return the places but for the declaration where the name stands with this meaning, in the text's order."""
        named = self._uses.get(binding.name, ())
        return [one for one in named if (meant := self.meant(one)) is not None and meant.node == binding.node]

    @cached_property
    def _uses(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for one in sorted(self._js.all(*_READ), key=lambda each: each.start_byte):
            if one.id not in self._declared:
                found.setdefault(self._js.text(one), []).append(one)
        return found

    def _bindings(self) -> Iterator[Binding]:
        js = self._js
        for one in js.all("variable_declarator"):
            holder, pattern = one.parent, one.child_by_field_name("name")
            if holder is None or pattern is None:
                continue
            kind = js.text(holder.children[0])
            for name in self._names_in(pattern):
                yield self._declare(name, kind if kind in {"const", "let", "var"} else "other", one)
        for one in js.all(*_DECLARING):
            declared = one.child_by_field_name("name")
            if declared is not None:
                yield self._declare(declared, _DECLARING[one.type], one)
        for one in js.all("class"):
            own = one.child_by_field_name("name")
            if own is not None:
                yield self._declare(own, "other", one, scope=one)
        for one in js.all("for_in_statement"):
            pattern = one.child_by_field_name("left")
            if pattern is not None and one.child_by_field_name("kind") is not None:
                for name in self._names_in(pattern):
                    yield self._declare(name, "loop", name, scope=one)
        for one in js.all(*FUNCTIONS):
            yield from self._of_function(one)
        for one in js.all("catch_clause"):
            pattern = one.child_by_field_name("parameter")
            for name in () if pattern is None else self._names_in(pattern):
                yield self._declare(name, "other", name, scope=one)
        for one in js.all("import_clause", "import_require_clause"):
            for name in walk(one):
                if name.type != "identifier":
                    continue
                specifier = name.parent if name.parent is not None and name.parent.type == "import_specifier" else None
                alias = specifier.child_by_field_name("alias") if specifier is not None else None
                if alias is None or alias == name:
                    yield self._declare(name, "import", name, scope=js.code.tree.root)
                else:
                    self._declared.add(name.id)

    def _of_function(self, function: Node) -> Iterator[Binding]:
        for field in ("parameters", "parameter"):
            holder = function.child_by_field_name(field)
            for name in () if holder is None else self._names_in(holder):
                yield self._declare(name, "parameter", name, scope=function)
        named = function.child_by_field_name("name")
        if named is not None and function.type in {"function_expression", "generator_function"}:
            yield self._declare(named, "other", function, scope=function)

    def _names_in(self, pattern: Node) -> Iterator[Node]:
        """Yield the names that a pattern declares: neither what stands in its defaults nor in its types."""
        stack = [pattern]
        while stack:
            one = stack.pop()
            if one.type in _NAMES:
                yield one
                continue
            value = one.child_by_field_name("value") if one.type != "pair_pattern" else None
            skipped = {one.child_by_field_name("right"), one.child_by_field_name("type"), value}
            stack += [each for each in one.named_children if each not in skipped and each.type != "decorator"]

    def _declare(self, name: Node, kind: str, node: Node, scope: Node | None = None) -> Binding:
        self._declared.add(name.id)
        if scope is None:
            wanted = {"program", *FUNCTIONS} if kind == "var" else _BLOCKS
            scope = next((one for one in self._js.above(node) if one.type in wanted), self._js.code.tree.root)
        return Binding(self._js.text(name), kind, node, scope)


def is_async(function: Node) -> bool:
    """Return whether a function is async."""
    return any(one.type == "async" for one in function.children)


def is_generator(function: Node) -> bool:
    """Return whether a function yields."""
    return function.type.startswith("generator") or any(one.type == "*" for one in function.children)
