"""The statements of a script, each with its tree and its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qwen_lsp.fixes.compiling.sql import is_for_a_parser
from qwen_lsp.messages import say
from qwen_lsp.model import Position, Range, TextEdit
from qwen_lsp.review.found import SYNTAX, Found
from qwen_lsp.text import TextSnapshot, split_lines

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.errors import ParseError

_DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery", "snowflake", "duckdb", "")
_ORDER = ("from", "where", "group by", "having", "order by", "limit")
_CLAUSE = re.compile(
    r"[()]|\b(?:select|union|intersect|except|from|where|group\s+by|having|order\s+by|limit)\b", re.IGNORECASE
)
# What makes a table, or changes which columns it has.
_QUALIFIED = r"(?:[\"`\[]?\w+[\"`\]]?\s*\.\s*)*[\"`\[]?"
_MADE_OR_CHANGED = re.compile(
    rf"\s*(?:create\s+(?:[a-z]+\s+){{0,3}}?table\s+(?:if\s+not\s+exists\s+)?{_QUALIFIED}(?P<name>\w+)"
    rf"|alter\s+table\s+(?:only\s+|if\s+exists\s+){{0,2}}{_QUALIFIED}(?P<changed>\w+)[\"`\]]?\s+"
    r"(?:add\s+(?!constraint|primary|foreign|unique|check|index|key)|rename|inherit|attach|change))",
    re.IGNORECASE,
)
_MASKED = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\"[^\"]*\"", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One statement: its text, where that begins in the file, and its tree; ``problem`` where no dialect reads it."""

    snapshot: TextSnapshot
    text: str
    offset: int
    tree: exp.Expr | None
    problem: Found | None = None

    @cached_property
    def bare(self) -> str:
        """The text with strings, quoted names and comments blanked, of the same length."""
        return _MASKED.sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), self.text)

    def place(self, start: int, end: int) -> Range:
        """Return the place of a part of the text; of one that takes several lines only the first."""
        begin, stop = self.position(start), self.position(end)
        if stop.line != begin.line:
            stop = self.snapshot.content_range(begin.line).end
        return Range(begin, stop)

    def position(self, offset: int) -> Position:
        """Return the position in the file of an offset in the text."""
        before = split_lines(self.snapshot.text[: self.offset + offset])
        if before and not before[-1].endswith(("\n", "\r")):
            return Position(len(before) - 1, len(before[-1]))
        return Position(len(before), 0)

    def place_of(self, *nodes: exp.Expr) -> Range:
        """Return the place of the names in ``nodes``, else that of the whole statement."""
        spans = [
            (one.meta["start"], one.meta["end"] + 1) for node in nodes for one in node.walk() if "start" in one.meta
        ]
        if not spans:
            return self.place(0, len(self.text))
        return self.place(min(start for start, _ in spans), max(end for _, end in spans))

    def find(self, pattern: str) -> re.Match[str] | None:
        """Return where ``pattern`` (case does not matter) is in the text but for strings and comments."""
        return re.search(pattern, self.bare, re.IGNORECASE | re.DOTALL)

    def edited(self, start: int, end: int, new: str) -> TextEdit:
        """Return the edit that puts ``new`` in the place of a part of the text."""
        place = Range(self.position(start), self.position(end))
        return TextEdit(self.snapshot.path, self.snapshot.version, place, new)


class Script:
    """A file of statements, or the statements of those parts (from, up to) of a file of another language.

    ``filled`` is the file's text with what a parser reads in the place of placeholders, character for character.
    """

    def __init__(
        self, snapshot: TextSnapshot, parts: Sequence[tuple[int, int]] | None = None, filled: str | None = None
    ) -> None:
        self.snapshot = snapshot
        text = snapshot.text if filled is None else filled
        self.statements = tuple(
            one for start, end in parts or ((0, len(text)),) for one in _statements(snapshot, text[start:end], start)
        )

    @cached_property
    def never_null(self) -> frozenset[str]:
        """The columns, as "table.column" in lower case, that the script itself declares so."""
        from sqlglot import exp

        found = set()
        for one in self.statements:
            if not isinstance(one.tree, exp.Create) or not isinstance(one.tree.this, exp.Schema):
                continue
            table = one.tree.this.this.name.lower()
            for column in one.tree.this.find_all(exp.ColumnDef):
                if column.find(exp.NotNullColumnConstraint, exp.PrimaryKeyColumnConstraint):
                    found.add(f"{table}.{column.name.lower()}")
        return frozenset(found)

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, str]]:
        """The tables whose columns the script tells for certain: lower-case name to lower-case columns and types."""
        from sqlglot import exp

        found: dict[str, dict[str, str]] = {}
        unknown = set()
        for one in self.statements:
            made = _MADE_OR_CHANGED.match(one.text)
            tree = one.tree
            if isinstance(tree, exp.Create) and tree.kind == "TABLE" and isinstance(tree.this, exp.Schema):
                name, inside = tree.this.this.name.lower(), tree.this.expressions
                plain = [each for each in inside if isinstance(each, exp.ColumnDef | exp.Identifier)]
                types = [each.args.get("kind") for each in plain]
                columns = {
                    each.name.lower(): kind.sql() if kind else "" for each, kind in zip(plain, types, strict=True)
                }
                found.setdefault(name, {}).update(columns)
                if tree.find(exp.LikeProperty, exp.InheritsProperty, exp.PartitionedOfProperty) or tree.expression:
                    unknown.add(name)
            elif made:
                unknown.add((made["name"] or made["changed"]).lower())
        return {name: columns for name, columns in found.items() if name not in unknown}

    @cached_property
    def temporary(self) -> frozenset[str]:
        """The names of the tables that the script makes for itself."""
        made = (
            re.match(
                r"\s*create\s+(?:global\s+|local\s+)?temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?([\w.]+)",
                one.bare,
                re.IGNORECASE,
            )
            for one in self.statements
        )
        return frozenset(match[1].lower() for match in made if match)


def _statements(snapshot: TextSnapshot, text: str, offset: int) -> Iterator[Statement]:
    import sqlparse.engine

    for parsed in sqlparse.engine.FilterStack().run(text):  # type: ignore[no-untyped-call]  # without annotations
        whole = "".join(token.value for token in parsed.flatten())
        start = re.match(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*", whole, re.DOTALL)
        skipped = start.end() if start else 0
        one = whole[skipped:].rstrip()
        if one.strip("; \t\r\n"):
            yield _read(snapshot, one, offset + skipped)
        offset += len(whole)


def _read(snapshot: TextSnapshot, text: str, offset: int) -> Statement:
    import sqlglot
    from sqlglot.errors import ParseError, SqlglotError

    bare = Statement(snapshot, text, offset, None)
    if not is_for_a_parser(bare.bare):
        return bare
    errors: list[ParseError] = []
    for dialect in _DIALECTS:
        try:
            trees = sqlglot.parse(text.rstrip("; \t\r\n"), read=dialect or None)
        except ParseError as error:
            errors.append(error)
        except (SqlglotError, RecursionError):
            return bare
        else:
            problem = _misplaced_clause(bare)
            return Statement(snapshot, text, offset, trees[0] if len(trees) == 1 and not problem else None, problem)
    return Statement(snapshot, text, offset, None, _problem(bare, errors))


def _misplaced_clause(statement: Statement) -> Found | None:
    """Return the first clause that stands behind one that it belongs in front of; sqlglot takes any order."""
    seen: list[tuple[int, str]] = [(-1, "")]
    for match in _CLAUSE.finditer(statement.bare):
        word = " ".join(match[0].lower().split())
        if word == "(":
            seen.append((-1, ""))
        elif word == ")":
            seen = seen[:-1] or [(-1, "")]
        elif word not in _ORDER:
            seen[-1] = (-1, "")
        if word not in _ORDER:
            continue
        rank = _ORDER.index(word)
        if rank < seen[-1][0]:
            words = say("`{clause}` belongs in front of `{other}`.", clause=match[0].upper(), other=seen[-1][1].upper())
            return Found(statement.place(match.start(), match.end()), SYNTAX, "sql", words)
        seen[-1] = (rank, match[0])
    return None


def _problem(statement: Statement, errors: list[ParseError]) -> Found:
    """Return what is wrong, at the place that the dialect which read furthest names."""
    details = [one.errors[0] for one in errors if one.errors]
    furthest = max(details, key=lambda one: (one.get("line") or 0, one.get("col") or 0), default=None)
    if furthest is None or not furthest.get("line"):
        return Found(
            statement.place(0, len(statement.text)), SYNTAX, "sql", say("No dialect of SQL reads this statement.")
        )
    first = statement.position(0).line
    line = min(first + furthest["line"] - 1, statement.position(len(statement.text)).line)
    near = furthest.get("highlight") or ""
    words = (
        say("No dialect of SQL reads this statement; the trouble is at `{near}`.", near=near)
        if near.strip()
        else say("No dialect of SQL reads this statement.")
    )
    return Found(statement.snapshot.content_range(line), SYNTAX, "sql", words)
