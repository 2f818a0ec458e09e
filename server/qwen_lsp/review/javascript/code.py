"""A JavaScript or TypeScript file as the rules look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import tree_sitter

from qwen_lsp.explain.code import Code
from qwen_lsp.model import Range, TextEdit
from qwen_lsp.syntax.tree import walk

if TYPE_CHECKING:
    from qwen_lsp.review.javascript.scopes import Scopes

Node = tree_sitter.Node
FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "method_definition",
        "arrow_function",
        "function_expression",
        "generator_function",
    }
)
_REQUEST = re.compile(
    r"^(?:req|request|ctx|ctx\.request|ctx\.req|event|this\.req)\??\.(?:query|params|body|headers|cookies|rawBody|queryStringParameters|pathParameters|url|originalUrl)\b"
    r"|^(?:window\.)?location\.(?:search|hash|href)\b|^document\.(?:URL|referrer|cookie)\b|^process\.argv\b"
    r"|\bURLSearchParams\("
)
_CLEANING = re.compile(
    r"(?i)(?:^|\.|_)(?:Number|parseInt|parseFloat|Boolean|BigInt|encodeURIComponent|encodeURI|basename|toFixed|toISOString|getTime|now)$"
    r"|escape|sanitiz|purify|encode|validate|clean|quote|isSafe|allowed"
)
_CONSTANT_NAME = re.compile(r"^[A-Z][A-Z0-9_]*$")
_DEPTH = 5


class JavaScript:
    """Nodes by type, what names were given, and places; the tree may have errors."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.nodes: dict[str, list[Node]] = {}
        for node in walk(code.tree.root):
            if node.is_named:
                self.nodes.setdefault(node.type, []).append(node)
        self.text = code.text

    def all(self, *types: str) -> list[Node]:
        """Return the nodes of these types."""
        return [node for one in types for node in self.nodes.get(one, ())]

    def squeezed(self, node: Node) -> str:
        """Return the text of ``node`` without white space."""
        return "".join(self.text(node).split())

    @staticmethod
    def above(node: Node) -> Iterator[Node]:
        """Yield the nodes above, innermost first."""
        at = node.parent
        while at is not None:
            yield at
            at = at.parent

    def function(self, node: Node) -> Node | None:
        """Return the innermost function around ``node``."""
        return next((one for one in self.above(node) if one.type in FUNCTIONS), None)

    def name_of(self, function: Node) -> str:
        """Return what a function is called, or what it is assigned to; "" for none."""
        name = function.child_by_field_name("name")
        if name is None and function.parent is not None:
            name = function.parent.child_by_field_name("name") or function.parent.child_by_field_name("left")
            name = name or function.parent.child_by_field_name("key")
        return "" if name is None else self.text(name)

    def callee(self, call: Node) -> str:
        """Return what is called, as written: "child_process.exec"; "" for what has no name."""
        function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        return "" if function is None else self.squeezed(function).replace("?.", ".")

    @staticmethod
    def arguments(call: Node) -> list[Node]:
        """Return the arguments of a call."""
        holder = call.child_by_field_name("arguments")
        return (
            []
            if holder is None or holder.type != "arguments"
            else [one for one in holder.named_children if one.type != "comment"]
        )

    def values(self, name: Node) -> list[Node]:
        """Return all that a variable is given in its file, where it is declared once; else nothing."""
        declared = self.given(self.text(name))
        return declared if len(declared) == 1 and self.text(name) not in self._parameters else []

    def given(self, name: str) -> list[Node]:
        """Return all that variables of this name are given, anywhere in the file."""
        return self._declared.get(name, [])

    @cached_property
    def _declared(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for one in self.all("variable_declarator"):
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if name is not None and name.type == "identifier" and value is not None:
                found.setdefault(self.text(name), []).append(value)
        for one in self.all("assignment_expression", "augmented_assignment_expression"):
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            if left is not None and left.type == "identifier" and right is not None:
                found.setdefault(self.text(left), []).append(right)
        return found

    @cached_property
    def _parameters(self) -> frozenset[str]:
        holders = self.all("formal_parameters")
        names = [
            one
            for holder in holders
            for one in walk(holder)
            if one.type in {"identifier", "shorthand_property_identifier_pattern"}
        ]
        single = [one.child_by_field_name("parameter") for one in self.all("arrow_function")]
        return frozenset(self.text(one) for one in (*names, *single) if one is not None)

    @cached_property
    def scopes(self) -> Scopes:
        """Which declaration each name means."""
        from qwen_lsp.review.javascript.scopes import Scopes

        return Scopes(self)

    def requires(self, *modules: str) -> bool:
        """Return whether the file imports one of these modules."""
        return any(
            re.search(rf"""(?:from|require\(|import\()\s*["'](?:node:)?{re.escape(one)}["']""", self.code.snapshot.text)
            for one in modules
        )

    def imported_from(self, *modules: str) -> frozenset[str]:
        """Return the names that stand for a module or for what it exports."""
        found: set[str] = set()
        alternatives = "|".join(re.escape(one) for one in modules)
        for match in re.finditer(
            rf"""(?:import\s+(?P<a>[^;"']+?)\s+from\s+|(?:const|let|var)\s+(?P<b>[^=;]+?)\s*=\s*require\(\s*)["'](?:node:)?(?:{alternatives})["']""",
            self.code.snapshot.text,
        ):
            found.update(re.findall(r"[\w$]+", match["a"] or match["b"]))
        return frozenset(found - {"as", "type"})

    def place(self, node: Node) -> Range:
        """Return the place of ``node``; of one that takes several lines only the first."""
        place = self.code.range_of(node)
        if place.start.line != place.end.line:
            return Range(place.start, self.code.snapshot.content_range(place.start.line).end)
        return place

    def replaced(self, node: Node, new: str) -> TextEdit:
        """Return the edit that puts ``new`` in the place of ``node``."""
        return TextEdit(self.code.snapshot.path, self.code.snapshot.version, self.code.range_of(node), new)

    def inserted(self, node: Node, new: str) -> TextEdit:
        """Return the edit that puts ``new`` in front of ``node``."""
        start = self.code.range_of(node).start
        return TextEdit(self.code.snapshot.path, self.code.snapshot.version, Range(start, start), new)

    # Where values come from

    def is_written_out(self, node: Node, depth: int = _DEPTH) -> bool:
        """Return whether all of a text stands in the program, or cannot hold more than digits and the like."""
        kind = node.type
        if depth == 0:
            return False
        if kind in {
            "string",
            "number",
            "true",
            "false",
            "null",
            "undefined",
            "regex",
            "string_fragment",
            "escape_sequence",
        }:
            return True
        if kind == "template_string":
            return all(self.is_written_out(one, depth) for one in node.named_children)
        if kind in {"template_substitution", "parenthesized_expression"}:
            return all(self.is_written_out(one, depth) for one in node.named_children)
        if kind == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type in {"-", "*", "/", "%", "<", ">", "===", "=="}:
                return True
            return all(self.is_written_out(one, depth) for one in node.named_children)
        if kind == "ternary_expression":
            return all(self.is_written_out(one, depth) for one in node.named_children[1:])
        if kind == "member_expression":
            name = node.child_by_field_name("property")
            return name is not None and (
                self.text(name) == "length" or _CONSTANT_NAME.match(self.text(name)) is not None
            )
        if kind == "subscript_expression":
            base = node.child_by_field_name("object")
            return base is not None and self.is_written_out(base, depth)
        if kind == "array":
            return all(self.is_written_out(one, depth) for one in node.named_children)
        if kind == "call_expression":
            if _CLEANING.search(self.callee(node)):
                return True
            base = node.child_by_field_name("function")
            inner = (
                base.child_by_field_name("object") if base is not None and base.type == "member_expression" else None
            )
            method = self.callee(node).rpartition(".")[2]
            if method == "map" and inner is not None and self.arguments(node):
                body = self.arguments(node)[0].child_by_field_name("body")
                return body is not None and body.type != "statement_block" and self.is_written_out(body, depth - 1)
            return method in {"join", "trim"} and inner is not None and self.is_written_out(inner, depth - 1)
        if kind == "identifier":
            if _CONSTANT_NAME.match(self.text(node)):
                return True
            values = self.values(node)
            return bool(values) and all(self.is_written_out(one, depth - 1) for one in values)
        return False

    def built(self, node: Node, depth: int = 2) -> Node | None:
        """Return the expression that builds a text out of parts that are not written out; None where none does."""
        if node.type == "identifier" and depth:
            return next((found for one in self.values(node) if (found := self.built(one, depth - 1)) is not None), None)
        is_sum = node.type == "binary_expression" and any(
            one.type in {"string", "template_string"} for one in walk(node)
        )
        if (node.type == "template_string" or is_sum) and not self.is_written_out(node):
            return node
        return None

    def pieces(self, node: Node) -> list[str | Node]:
        """Return the parts of a built text in their order: what is written out, and the expressions in between."""
        if node.type == "string":
            return [self.text(node)[1:-1]]
        if node.type == "template_string":
            found: list[str | Node] = []
            at = node.start_byte + 1
            data = self.text(node).encode()
            for one in node.named_children:
                if one.type == "template_substitution":
                    found.append(
                        data[at - node.start_byte : one.start_byte - node.start_byte].decode("utf-8", "replace")
                    )
                    found += one.named_children[:1]
                    at = one.end_byte
            found.append(data[at - node.start_byte : -1].decode("utf-8", "replace"))
            return found
        if node.type == "binary_expression":
            return [part for one in node.named_children for part in self.pieces(one)]
        return [node]

    def from_outside(self, node: Node, depth: int = _DEPTH) -> bool:
        """Return whether a value holds, unchecked, what a request or an address says."""
        if depth == 0:
            return False
        if node.type in {"call_expression", "new_expression"} and _CLEANING.search(self.callee(node)):
            return False
        if (
            node.type
            in {
                "member_expression",
                "subscript_expression",
                "call_expression",
                "new_expression",
                "identifier",
            }
            and _REQUEST.search(self.squeezed(node))
            and not self.squeezed(node).endswith(".length")
        ):
            return True
        if node.type == "identifier":
            if self._is_taken_from_request(self.text(node)):
                return True
            return any(self.from_outside(one, depth - 1) for one in self.values(node))
        if node.type in FUNCTIONS or node.type in {"ternary_expression"}:
            return False
        return any(self.from_outside(one, depth) for one in node.named_children)

    def _is_taken_from_request(self, name: str) -> bool:
        """Return whether ``const { name } = req.query`` declares it."""
        for one in self.all("variable_declarator"):
            pattern, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if pattern is not None and value is not None and pattern.type == "object_pattern":
                names = {
                    self.text(each)
                    for each in walk(pattern)
                    if each.type in {"shorthand_property_identifier_pattern", "identifier"}
                }
                if name in names and _REQUEST.search(self.squeezed(value)):
                    return True
        return False


def unwrapped(node: Node | None) -> Node | None:
    """Return the expression within parentheses, or within the statement that it is."""
    while (
        node is not None and node.type in {"expression_statement", "parenthesized_expression"} and node.named_children
    ):
        node = node.named_children[0]
    return node
