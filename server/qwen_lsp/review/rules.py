"""All rules and tools, on a file of any language that is reviewed."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

from qwen_lsp.explain.code import Code
from qwen_lsp.model import ReviewKind
from qwen_lsp.review.embedded import sql_in_javascript, sql_in_python
from qwen_lsp.review.found import Found
from qwen_lsp.review.javascript import review_javascript
from qwen_lsp.review.python import review_python
from qwen_lsp.review.sql import review_sql
from qwen_lsp.review.syntax import javascript_syntax, python_syntax
from qwen_lsp.review.tools import review_with_ruff
from qwen_lsp.syntax import Language, is_test, language_of
from qwen_lsp.text import TextSnapshot

_JAVASCRIPT = frozenset({"javascript", "typescript", "tsx"})
_MEANT = re.compile(r"(?:#|//|--|/\*).*(?:\bnoqa\b|\bnosec\b|NOSONAR|eslint-disable-line)", re.IGNORECASE)


def preload() -> None:
    """Import what the rules for SQL need: it takes a tenth of a second, which nobody should wait for later."""
    importlib.import_module("sqlglot")


def is_reviewed(language: Language | None) -> bool:
    """Return whether there are rules for a language."""
    return language is not None and language.id in {*_JAVASCRIPT, "python", "sql"}


def found_in(snapshot: TextSnapshot, *, with_tools: bool = True) -> list[Found]:
    """Return what is wrong in the order of the text, one of a kind for each line: our own before what tools say.

    Without tools nothing is started, and it takes milliseconds.
    What the author has marked as meant is left out, and so are the secrets of tests.
    """
    first: dict[tuple[int, ReviewKind], Found] = {}
    for one in (*_own(snapshot), *(_of_tools(snapshot) if with_tools else ())):
        if not _is_meant(one, snapshot):
            first.setdefault((one.place.start.line, one.kind), one)
    return sorted(first.values(), key=lambda one: one.place.start)


def _of_tools(snapshot: TextSnapshot) -> Iterator[Found]:
    language = language_of(snapshot.path)
    if language is not None and language.id == "python":
        yield from review_with_ruff(snapshot)


def _own(snapshot: TextSnapshot) -> Iterator[Found]:
    language = language_of(snapshot.path)
    if language is None:
        return
    if language.id == "python":
        yield from python_syntax(snapshot, language)
        yield from review_python(snapshot)
        yield from sql_in_python(snapshot)
    elif language.id in _JAVASCRIPT:
        code = Code(snapshot, language)
        yield from javascript_syntax(code)
        yield from review_javascript(code)
        yield from sql_in_javascript(code)
    elif language.id == "sql":
        yield from review_sql(snapshot)


def _is_meant(found: Found, snapshot: TextSnapshot) -> bool:
    if found.kind is ReviewKind.SYNTAX:
        return False
    marked = _MEANT.search(snapshot.line(found.place.start.line)) is not None
    return marked or (found.rule == "written-secret" and is_test(snapshot.path))
