"""SQL: SQLite's own parser where SQLite reported the failure, else whether any dialect of sqlglot can read it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache

from qwen_lsp.model import Failure, FailureKind, RejectedFix, Rung
from qwen_lsp.syntax import parse
from qwen_lsp.syntax.languages import SQL
from qwen_lsp.syntax.statements import StatementTree
from qwen_lsp.text import TextSnapshot

_JUDGED = re.compile(
    r"\s*(?:select|with|insert|update|delete|create\s+(?:temp(?:orary)?\s+|unique\s+|or\s+replace\s+)?(?:table|view|index))\b",
    re.IGNORECASE,
)
# Templates (dbt, Jinja), commands of a shell, and placeholders that drivers fill in.
_NOT_SQL_ALONE = re.compile(r"\{\{|\{%|^\s*\\|^\s*delimiter\b|%\(\w+\)s|%s|&&?\w", re.IGNORECASE | re.MULTILINE)
_DIALECTS = ("", "postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery", "snowflake", "duckdb")
_SQLITE_TYPES = ("Parse error", "Runtime error")  # of its shell; its Python module says its name
_SYNTAX_OF_SQLITE = re.compile(r"syntax error|incomplete input|unrecognized token|unterminated")


def judge(before: TextSnapshot, after: str, failure: Failure) -> Rung | RejectedFix | None:
    """Return PARSES or why not; None where no statement that changed can be judged.

    The dialect is hardly ever known: only what no dialect allows is refused, and not even that where the program ran
    until then and the statement could not be read before either.
    """
    old, new = _statements(before.text), _statements(after)
    changed = [one for one in new if one not in old]
    judged = [one for one in changed if is_for_a_parser(one)]
    is_sqlite = failure.exception_type in _SQLITE_TYPES or "sqlite" in failure.exception_type.lower()
    problem = next((error for one in judged if (error := _error(one, is_sqlite=is_sqlite))), None)
    if problem is None:
        return Rung.PARSES if judged and len(judged) == len(changed) else None
    replaced = [one for one in old if one not in new]
    was_read = all(not _error(one, is_sqlite=is_sqlite) for one in replaced)
    if failure.kind is FailureKind.SYNTAX_ERROR or was_read:
        return RejectedFix(f"with it, {before.path.name} does not parse: {problem}")
    return None


def is_for_a_parser(statement: str) -> bool:
    """Return whether a parser of SQL can be expected to read ``statement``: it is of a common kind, and no template."""
    return _JUDGED.match(statement) is not None and _NOT_SQL_ALONE.search(statement) is None


def _statements(text: str) -> tuple[str, ...]:
    tree = parse(SQL, text)
    return tree.sources if isinstance(tree, StatementTree) else ()


@lru_cache(maxsize=256)
def _error(statement: str, *, is_sqlite: bool) -> str:
    """Return why no dialect reads ``statement``, or ""."""
    if is_sqlite:
        error = _sqlite_error(statement)
        if not error or _sqlglot_error(statement, ("sqlite",)):
            return error
        return ""
    return _sqlglot_error(statement, _DIALECTS)


def _sqlite_error(statement: str) -> str:
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"EXPLAIN {statement}")
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return str(error) if _SYNTAX_OF_SQLITE.search(str(error)) else ""
    return ""


def _sqlglot_error(statement: str, dialects: Sequence[str]) -> str:
    import sqlglot
    from sqlglot.errors import SqlglotError

    message = ""
    for dialect in dialects:
        try:
            sqlglot.parse(statement, read=dialect or None)
        except (SqlglotError, RecursionError) as error:
            message = message or str(error).partition(". Line")[0].partition("\n")[0]
        else:
            return ""
    return message
