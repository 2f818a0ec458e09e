"""SQL by its statements: what can be told without knowing the dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from qwen_lsp.syntax.languages import Language
from qwen_lsp.syntax.tree import Definition, DefinitionKind, SyntaxTree, Token, TokenKind
from qwen_lsp.text import split_lines

if TYPE_CHECKING:
    from sqlparse.sql import Token as SqlToken

_BETWEEN_CREATE_AND_NAME = re.compile(
    r"(?:(?:or|replace|temp|temporary|unique|virtual|materialized|recursive|unlogged|global|local|if|not|exists"
    r"|concurrently|table|view|index|trigger|function|procedure|type|schema)\s*)+",
    re.IGNORECASE,
)


class StatementTree(SyntaxTree):
    """The statements of a text, below no root: grammars know only some of the dialects.

    It has no errors: what is one depends on the dialect, which is not known here.
    """

    def __init__(self, language: Language, text: str) -> None:
        super().__init__(language, "")
        parsed = _parsed(text)
        self._statements = list(_located(parsed))
        self.sources = tuple(source for statement in parsed if (source := _source(statement)))
        """The statements without comments, and with one blank for each run of white space."""

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Every statement, as a function; one that creates something has its name."""
        found = []
        for tokens in self._statements:
            code = [one for one in tokens if one.kind is not TokenKind.COMMENT]
            if code:
                found.append(Definition(_created(code), DefinitionKind.FUNCTION, code[0].start_line, code[-1].end_line))
        return tuple(found)

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens in the order of the text, white space left out."""
        for tokens in self._statements:
            yield from tokens

    def names(self, start_line: int, end_line: int) -> Iterator[str]:
        """Yield the names in the lines (0-based, end exclusive), without their quotes."""
        for token in self.tokens():
            if token.kind is TokenKind.NAME and start_line <= token.start_line < end_line:
                yield _bare(token.text)

    def nearest(self, line: int) -> Definition | None:
        """Return the statement at ``line`` (0-based), else the next one, else the last one."""
        holding = self.innermost_function(line)
        after = (one for one in self.definitions if one.start_line >= line)
        return holding or next(after, self.definitions[-1] if self.definitions else None)


def _created(code: list[Token]) -> str:
    """Return the name of what the statement creates, without its schema; "" where it creates nothing."""
    if code[0].text.upper().split()[0] != "CREATE":
        return ""
    for index, token in enumerate(code[1:], start=1):
        if _BETWEEN_CREATE_AND_NAME.fullmatch(token.text):
            continue
        name = token.text
        while index + 2 < len(code) and code[index + 1].text == ".":
            index += 2
            name = code[index].text
        return _bare(name)
    return ""


def _bare(name: str) -> str:
    return name.strip('"`[]')


def _parsed(text: str) -> list[list[SqlToken]]:
    import sqlparse.engine

    stack = sqlparse.engine.FilterStack()  # type: ignore[no-untyped-call]  # it has no annotations
    return [list(statement.flatten()) for statement in stack.run(text)]  # type: ignore[no-untyped-call]


def _located(statements: list[list[SqlToken]]) -> Iterator[list[Token]]:
    """Yield the tokens of each statement that has any, white space left out."""
    line = 0
    for statement in statements:
        found = []
        for token in statement:
            if not token.is_whitespace:
                stripped = token.value.rstrip("\r\n")
                found.append(Token(_kind(token), stripped, line, line + _line_ends(stripped) + 1))
            line += _line_ends(token.value)
        if found:
            yield found


def _source(statement: list[SqlToken]) -> str:
    pieces = (" " if token.is_whitespace or _kind(token) is TokenKind.COMMENT else token.value for token in statement)
    return re.sub(r" +", " ", "".join(pieces)).strip()


def _line_ends(text: str) -> int:
    return sum(one.endswith(("\n", "\r")) for one in split_lines(text))


def _kind(token: SqlToken) -> TokenKind:
    from sqlparse import tokens as kinds

    kind = token.ttype
    if kind in kinds.Comment:
        return TokenKind.COMMENT
    if kind in kinds.Name or kind in kinds.String.Symbol:
        return TokenKind.NAME
    return TokenKind.STRING if kind in kinds.String else TokenKind.OTHER
