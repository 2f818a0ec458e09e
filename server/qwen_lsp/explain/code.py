"""A source file as the rules look at it: nodes of its syntax tree by place, places of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

import tree_sitter

from qwen_lsp.model import Position, Range
from qwen_lsp.syntax import Language, parse
from qwen_lsp.syntax.tree import walk
from qwen_lsp.text import TextSnapshot


class Code:
    """A text with its tree; places are ours (0-based lines, characters in code points)."""

    def __init__(self, snapshot: TextSnapshot, language: Language) -> None:
        self.snapshot = snapshot
        self.language = language
        self.tree = parse(language, snapshot.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate(len(_encoded(line)) for line in self.snapshot.lines)]

    def text(self, node: tree_sitter.Node) -> str:
        """Return the source text of ``node``."""
        return self.tree.text_of(node)

    def line(self, node: tree_sitter.Node) -> int:
        """Return the 0-based line in which ``node`` begins."""
        return self.tree.line_of(node.start_byte)

    def lineno(self, node: tree_sitter.Node) -> int:
        """Return the 1-based line in which ``node`` begins, for the user."""
        return self.line(node) + 1

    def range_of(self, node: tree_sitter.Node) -> Range:
        """Return the place of ``node``."""
        return Range(self._position(node.start_byte), self._position(node.end_byte))

    def nodes(self, place: Range, *types: str, within: bool) -> list[tree_sitter.Node]:
        """Return the nodes of ``types`` in ``place``, in the order of the text.

        ``within`` asks for the one that takes all of it, for an expression that a log underlines, or for those that lie
        in it; else those that begin on its lines are returned.
        """
        start, end = self.byte_at(place.start), self.byte_at(place.end)
        found = []
        for node in self._near(self.tree.root, place):
            if node.type not in types or not node.is_named:
                continue
            if start <= node.start_byte and node.end_byte <= end if within else place.start.line <= self.line(node):
                found.append(node)
        exact = [node for node in found if self.range_of(node) == place] if within else []
        return exact or found

    def around(self, place: Range, *types: str) -> Iterator[tree_sitter.Node]:
        """Yield the nodes of ``types`` that hold the beginning of ``place``, innermost first."""
        at = self.byte_at(place.start)
        node = self.tree.root.descendant_for_byte_range(at, at)
        while node is not None:
            if node.type in types:
                yield node
            node = node.parent

    def below(self, node: tree_sitter.Node, *types: str) -> list[tree_sitter.Node]:
        """Return all nodes of ``types`` in ``node``, itself included."""
        return [one for one in walk(node) if one.type in types]

    def _near(self, root: tree_sitter.Node, place: Range) -> Iterator[tree_sitter.Node]:
        """Yield the nodes that begin at or before the last line of ``place`` and reach into its first."""
        first = self._line_starts[min(place.start.line, len(self._line_starts) - 1)]
        last = self._line_starts[min(place.end.line + 1, len(self._line_starts) - 1)]
        stack = [root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(one for one in reversed(node.children) if one.end_byte > first and one.start_byte < last)

    def byte_at(self, position: Position) -> int:
        """Return the offset of a position in the tree's bytes."""
        line = min(position.line, len(self._line_starts) - 1)
        return self._line_starts[line] + len(_encoded(self.snapshot.line(line)[: position.character]))

    def _position(self, byte: int) -> Position:
        if not self.snapshot.lines:
            return Position(0, 0)
        # The end of a text without a line ending at its end is a place in its last line.
        line = min(self.tree.line_of(byte), len(self.snapshot.lines) - 1)
        prefix = _encoded(self.snapshot.lines[line])[: byte - self._line_starts[line]]
        return Position(line, len(prefix.decode("utf-8", "surrogatepass")))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
