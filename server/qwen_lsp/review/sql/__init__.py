"""Rules for SQL: on sqlglot's tree of each statement, in the first dialect that reads it; nothing where none does."""

from __future__ import annotations

from collections.abc import Iterator

from qwen_lsp.review.found import Found
from qwen_lsp.review.sql import logic, schema, security, structure
from qwen_lsp.review.sql.code import Script
from qwen_lsp.text import TextSnapshot


def review_sql(snapshot: TextSnapshot) -> Iterator[Found]:
    """Yield syntax errors and what the rules find."""
    script = Script(snapshot)
    for statement in script.statements:
        if statement.problem is not None:
            yield statement.problem
            continue
        for rule in (*logic.RULES, *structure.RULES, *schema.RULES, *security.RULES):
            yield from rule(script, statement)
