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


class DefinitionKind(StrEnum):
    """What a name was defined as."""

    FUNCTION = "function"
    CLASS = "class"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition: lines ``start_line`` up to, not including, ``end_line`` (0-based), decorators included.

    Variables are those assigned at the top level of the file.
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
        """All top-level variables, then all functions and classes that parsed, outer before inner."""
        return tuple(self._definitions())

    def _definitions(self) -> Iterator[Definition]:
        language = self.language
        for statement in self.root.named_children:
            for target in _assigned(statement, language):
                yield Definition(self.text_of(target), DefinitionKind.VARIABLE, *self.lines_of(statement))
        for node in walk(self.root):
            if node.type not in language.functions and node.type not in language.classes:
                continue
            name = node.child_by_field_name("name")
            wrapper = node.parent if node.parent is not None and node.parent.type in language.wrappers else None
            start_line, end_line = self.lines_of(wrapper or node)
            yield Definition(
                name="" if name is None else self.text_of(name),
                kind=DefinitionKind.CLASS if node.type in language.classes else DefinitionKind.FUNCTION,
                start_line=start_line,
                end_line=end_line,
            )

    def innermost_function(self, line: int) -> Definition | None:
        """Return the smallest function around ``line`` (0-based), or None at class or module level."""
        holding = [one for one in self.definitions if one.kind is DefinitionKind.FUNCTION and one.holds(line)]
        return min(holding, key=lambda one: one.line_count, default=None)

    def leaves(self) -> Iterator[tree_sitter.Node]:
        """Yield the tree's tokens in the order of the text; a string counts as one token."""
        return (node for node in walk(self.root, into_strings=False) if node.child_count == 0 or node.type == "string")


def _assigned(statement: tree_sitter.Node, language: Language) -> list[tree_sitter.Node]:
    """Return the names that a top-level statement assigns to (plain names only: ``a = 1``, ``a: int = 1``)."""
    inner = statement.named_children[0] if statement.named_child_count == 1 else statement
    target = inner.child_by_field_name("left") if inner.type in language.assignments else None
    return [target] if target is not None and target.type == "identifier" else []


def walk(node: tree_sitter.Node, *, into_strings: bool = True) -> Iterator[tree_sitter.Node]:
    """Yield ``node`` and everything below it, parents first; no recursion, so depth is no danger."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if into_strings or current.type != "string":
            stack.extend(reversed(current.children))


@lru_cache(maxsize=16)
def parse(language: Language, text: str) -> SyntaxTree:
    """Return the syntax tree of ``text``; the last few are kept, as one request asks for the same text repeatedly."""
    return SyntaxTree(language, text)


@lru_cache
def _grammar(language: Language) -> tree_sitter.Language:
    return language.grammar()
