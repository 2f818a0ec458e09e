"""The tables and columns that the workspace creates, in .sql files or in statements inside Python code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qwen_lsp.explain.answer import Site
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import files_ending

_MAX_FILES = 50
_MAX_CHARACTERS = 1_000_000
_CREATE = re.compile(
    r"\bcreate\s+(?:(?:global\s+|local\s+)?temp(?:orary)?\s+|unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?"
    r"(?P<name>[\w$\"`\[\].]+)\s*\(",
    re.IGNORECASE,
)
_NO_COLUMN = frozenset(
    {"constraint", "primary", "foreign", "unique", "check", "key", "index", "exclude", "like", "fulltext"}
)
_QUOTES = '"`[]'
_TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|[(),]|[^\s(),'-]+|-", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns' names, in lower case; ``where`` is the place in words."""

    where: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables by their name without its schema, in lower case."""

    tables: dict[str, Table]

    def columns(self) -> dict[str, None]:
        """Return the names of all columns."""
        return {column: None for table in self.tables.values() for column in table.columns}

    def tables_with(self, column: str) -> list[str]:
        """Return the tables that have a column of this name."""
        return [name for name, table in self.tables.items() if column.lower() in table.columns]


def schema_of(site: Site) -> Schema:
    """Return what the files of the workspace create, that of the crash first; a part of a large workspace."""
    snapshots = [site.snapshot] if site.snapshot is not None else []
    budget = _MAX_CHARACTERS
    for path in (*files_ending(".sql", site.roots, _MAX_FILES), *files_ending(".py", site.roots, _MAX_FILES)):
        snapshot = site.documents.read(path)
        if snapshot is None or len(snapshot.text) > budget:
            continue
        budget -= len(snapshot.text)
        snapshots.append(snapshot)
    tables: dict[str, Table] = {}
    for snapshot in snapshots:
        for name, table in _tables(snapshot):
            tables.setdefault(name, table)
    return Schema(tables)


@lru_cache(maxsize=2 * _MAX_FILES)
def _tables(snapshot: TextSnapshot) -> tuple[tuple[str, Table], ...]:
    return tuple(_read_tables(snapshot))


def _read_tables(snapshot: TextSnapshot) -> Iterator[tuple[str, Table]]:
    for match in _CREATE.finditer(snapshot.text):
        name = match["name"].rpartition(".")[2].strip(_QUOTES).lower()
        lineno = snapshot.text.count("\n", 0, match.start()) + 1
        yield name, Table(f"{snapshot.path.name} line {lineno}", tuple(_columns(snapshot.text, match.end())))


def _columns(text: str, start: int) -> Iterator[str]:
    """Yield the first word of each part of the list that begins at ``start``, but for constraints."""
    depth = 1
    is_first = True
    for token in _TOKEN.finditer(text, start):
        word = token[0]
        if word.startswith(("--", "/*")):
            continue
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
            if not depth:
                return
        elif word == "," and depth == 1:
            is_first = True
            continue
        elif (
            is_first
            and word.strip(_QUOTES).lower() not in _NO_COLUMN
            and (word[0].isalpha() or word[0] in _QUOTES + "_")
        ):
            yield word.strip(_QUOTES).lower()
        is_first = False
