"""Search queries: words, AND, OR and parentheses; AND binds tighter."""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"\(|\)|[^\s()]+")


class QueryError(ValueError):
    """The query cannot be read."""


@dataclass(frozen=True)
class Word:
    text: str

    def matches(self, words: set[str]) -> bool:
        return self.text.lower() in words


@dataclass(frozen=True)
class Both:
    left: "Node"
    right: "Node"

    def matches(self, words: set[str]) -> bool:
        return self.left.matches(words) and self.right.matches(words)


@dataclass(frozen=True)
class Either:
    left: "Node"
    right: "Node"

    def matches(self, words: set[str]) -> bool:
        return self.left.matches(words) or self.right.matches(words)


Node = Word | Both | Either


class Parser:
    def __init__(self, text: str) -> None:
        self._tokens = TOKEN.findall(text)
        self._position = 0

    def parse(self) -> Node:
        """Return the query's tree. Raises: QueryError: it is malformed."""
        node = self._either()
        if self._peek() is not None:
            raise QueryError(f"unexpected {self._peek()}")
        return node

    def _either(self) -> Node:
        node = self._both()
        while self._peek() == "OR":
            self._next()
            node = Either(node, self._both())
        return node

    def _both(self) -> Node:
        node = self._primary()
        while self._peek() == "AND":
            self._next()
            node = Both(node, self._primary())
        return node

    def _primary(self) -> Node:
        token = self._next()
        if token == "(":
            node = self._either()
            if self._next() != ")":
                raise QueryError("missing )")
            return node
        if token is None or token in ("AND", "OR", ")"):
            raise QueryError(f"unexpected {token or 'end of query'}")
        return Word(token)

    def _peek(self) -> str | None:
        """Return the next token without taking it, None at the end."""
        return self._tokens[self._position]

    def _next(self) -> str | None:
        """Take the next token and return it, None at the end."""
        token = self._peek()
        self._position += 1
        return token


def search(query: str, documents: dict[str, str]) -> list[str]:
    """Return the names of the documents that match."""
    node = Parser(query).parse()
    return [name for name, text in documents.items() if node.matches(set(text.lower().split()))]
