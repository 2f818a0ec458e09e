r"""A syntax tree in terms of our own lines.

tree-sitter ends its rows at ``\n`` only; everything here is turned from byte offsets into the lines of
``qwen_lsp.text`` (0-based), so that a lone ``\r`` or a form feed puts no line number off.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate

import tree_sitter

from qwen_lsp.syntax.languages import Language
from qwen_lsp.text import split_lines

_LONE_CR = re.compile(r"\r(?!\n)")
_NAME_FIELDS = ("name", "declarator", "key", "property", "left", "type")
"""Where the grammars keep the name that a node defines; it may lie further down (C's ``*names[3]``)."""


class DefinitionKind(StrEnum):
    """What a name was defined as."""

    FUNCTION = "function"
    CLASS = "class"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition: lines ``start_line`` up to, not including, ``end_line`` (0-based), decorators included.

    Variables are those assigned outside of functions. A function that is handed to a call in a statement of its own (a
    test) is named like the call, "test('adds')"; a statement of SQL is a function named like what it creates.
    """

    name: str
    kind: DefinitionKind
    start_line: int
    end_line: int

    @property
    def line_count(self) -> int:
        """How many lines it takes."""
        return self.end_line - self.start_line

    def holds(self, line: int) -> bool:
        """Return whether ``line`` (0-based) lies within it."""
        return self.start_line <= line < self.end_line


class TokenKind(StrEnum):
    """What a token is, as far as anything here asks."""

    NAME = "name"
    STRING = "string"
    COMMENT = "comment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """A token: it begins in line ``start_line`` and ends before ``end_line`` (0-based). A string is one token."""

    kind: TokenKind
    text: str
    start_line: int
    end_line: int


class SyntaxTree:
    """The tree of one text; a text with errors has a tree too, with error nodes in it."""

    def __init__(self, language: Language, text: str) -> None:
        self.language = language
        # The grammar takes a lone \r for white space, Python for a line's end: \n in its place keeps every offset.
        self._data = _LONE_CR.sub("\n", text).encode("utf-8", "surrogatepass")
        self.root = tree_sitter.Parser(_grammar(language)).parse(self._data).root_node
        self._line_starts = [0, *accumulate(len(line.encode("utf-8", "surrogatepass")) for line in split_lines(text))]

    def line_of(self, byte_offset: int) -> int:
        """Return the 0-based line that holds the byte at ``byte_offset``."""
        return max(0, bisect_right(self._line_starts, byte_offset) - 1)

    def lines_of(self, node: tree_sitter.Node) -> tuple[int, int]:
        """Return the first line of ``node`` and the line after its last (0-based)."""
        last_byte = max(node.start_byte, node.end_byte - 1)
        return self.line_of(node.start_byte), self.line_of(last_byte) + 1

    def text_of(self, node: tree_sitter.Node) -> str:
        """Return the source text of ``node``."""
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    @cached_property
    def error_count(self) -> int:
        """How many places do not parse (error and missing nodes)."""
        if not self.root.has_error:
            return 0
        return sum(1 for node in walk(self.root) if node.is_error or node.is_missing)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """All variables, then all functions and classes that parsed, outer before inner."""
        found = list(self._definitions())
        variables = [one for one in found if one.kind is DefinitionKind.VARIABLE]
        return (*variables, *(one for one in found if one.kind is not DefinitionKind.VARIABLE))

    def _definitions(self) -> Iterator[Definition]:
        """Yield the definitions, parents first; no recursion, so depth is no danger."""
        language = self.language
        stack = [(self.root, False, False)]
        while stack:
            node, in_function, in_class = stack.pop()
            found = None
            if node.type in language.functions:
                found = self._function(node, in_function=in_function)
                in_function = in_function or found is None or not found.name.endswith(")")
            elif node.type in language.classes and node.is_named:
                found, in_class = self._defined(node, node, DefinitionKind.CLASS), True
                found = found if self._is_whole(node) else None
            elif not in_function and node.type in (language.members if in_class else language.variables):
                found = self._variable(node)
            if found is not None:
                yield found
            stack.extend((child, in_function, in_class) for child in reversed(node.children))

    def _is_whole(self, node: tree_sitter.Node) -> bool:
        """Return whether a class has a body; C's ``struct node *next`` only names one."""
        return self.language.id not in {"c", "cpp"} or node.child_by_field_name("body") is not None

    def _function(self, node: tree_sitter.Node, *, in_function: bool) -> Definition | None:
        if self._name_node(node) is not None:
            return self._defined(node, node, DefinitionKind.FUNCTION)
        parent = node.parent
        if parent is not None and parent.type in self.language.binders:
            return self._defined(parent, parent, DefinitionKind.FUNCTION)
        statement = None if in_function else self._callback_statement(node)
        if statement is None:
            return None
        call = statement.named_children[0]
        head = self._data[call.start_byte : node.start_byte].decode("utf-8", "replace").rstrip().removesuffix("async")
        name = " ".join(head.split()).rstrip(", ") + ")"
        return Definition(name, DefinitionKind.FUNCTION, *self.lines_of(statement))

    def _callback_statement(self, node: tree_sitter.Node) -> tree_sitter.Node | None:
        at: tree_sitter.Node | None = node
        for wanted in self.language.callback:
            at = at.parent if at is not None else None
            if at is None or at.type != wanted:
                return None
        return at if self.language.callback else None

    def _variable(self, node: tree_sitter.Node) -> Definition | None:
        name = self._name_node(node)
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if name is None or name.type not in self.language.names:
            return None
        if value is not None and value.type in self.language.functions and node.type in self.language.binders:
            return None  # it is a function, and found as such
        return self._defined(node, node, DefinitionKind.VARIABLE)

    def _defined(self, named: tree_sitter.Node, node: tree_sitter.Node, kind: DefinitionKind) -> Definition:
        name = self._name_node(named)
        while node.parent is not None and node.parent.type in self.language.wrappers:
            node = node.parent
        first = node
        while first.prev_sibling is not None and first.prev_sibling.type in self.language.leading:
            first = first.prev_sibling
        return Definition(
            "" if name is None else self.text_of(name), kind, self.lines_of(first)[0], self.lines_of(node)[1]
        )

    def _name_node(self, node: tree_sitter.Node) -> tree_sitter.Node | None:
        found: tree_sitter.Node | None = None
        at: tree_sitter.Node | None = node
        while at is not None:
            fields = (at.child_by_field_name(field) for field in _NAME_FIELDS)
            at = next((field for field in fields if field is not None), None)
            found = at or found
        if found is None and node.named_child_count and node.named_children[0].type in self.language.names:
            return node.named_children[0]  # PHP's const_element has its name in no field
        return found

    def innermost_function(self, line: int) -> Definition | None:
        """Return the smallest function around ``line`` (0-based), or None at class or module level."""
        holding = [one for one in self.definitions if one.kind is DefinitionKind.FUNCTION and one.holds(line)]
        return min(holding, key=lambda one: one.line_count, default=None)

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens in the order of the text; a string counts as one token."""
        strings = self.language.strings
        for node in walk(self.root, not_into=strings):
            if node.child_count and node.type not in strings:
                continue
            if node.type in strings:
                kind = TokenKind.STRING
            elif node.type in self.language.names:
                kind = TokenKind.NAME
            else:
                kind = TokenKind.COMMENT if "comment" in node.type else TokenKind.OTHER
            yield Token(kind, self.text_of(node), *self.lines_of(node))

    def names(self, start_line: int, end_line: int) -> Iterator[str]:
        """Yield the identifiers in the lines (0-based, end exclusive), also those within a string's substitutions."""
        for node in walk(self.root):
            if node.type in self.language.names and start_line <= self.line_of(node.start_byte) < end_line:
                yield self.text_of(node)


def walk(node: tree_sitter.Node, *, not_into: frozenset[str] = frozenset()) -> Iterator[tree_sitter.Node]:
    """Yield ``node`` and everything below it, parents first; no recursion, so depth is no danger."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current.type not in not_into:
            stack.extend(reversed(current.children))


@lru_cache(maxsize=64)
def parse(language: Language, text: str) -> SyntaxTree:
    """Return the syntax tree of ``text``; the last few are kept, as one request asks for the same text repeatedly."""
    if language.id == "sql":
        from qwen_lsp.syntax.statements import StatementTree

        return StatementTree(language, text)
    return SyntaxTree(language, text)


@lru_cache
def _grammar(language: Language) -> tree_sitter.Language:
    return language.grammar()
