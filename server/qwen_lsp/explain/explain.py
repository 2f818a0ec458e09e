"""Located failures to the same with explanations, and fixes for the primary one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qwen_lsp.explain import javascript, sql, system
from qwen_lsp.explain.answer import Answer, Rule, Site, first_answer
from qwen_lsp.explain.checking import checked
from qwen_lsp.explain.python import PYTHON_RULES
from qwen_lsp.model import CheckedFix, Explanation, Failure, Located
from qwen_lsp.text import DocumentSource

_MAX_EXPLAINED = 30
"""Failures of one log that are explained: the first ones, and the primary one in any case."""

_OF_DATABASES = frozenset(
    {"OperationalError", "ProgrammingError", "IntegrityError", "DatabaseError", "UndefinedColumn", "UndefinedTable"}
    | {"UniqueViolation", "ForeignKeyViolation", "NotNullViolation", "AmbiguousColumn", "SyntaxError", "SqliteError"}
)
"""What drivers call the errors that a database reports (PEP 249, psycopg's errors module)."""


def explain(
    located: Sequence[Located], roots: Sequence[Path], documents: DocumentSource
) -> tuple[tuple[Located, ...], tuple[CheckedFix, ...]]:
    """Return ``located`` with explanations where there are any, and the primary failure's fixes that are certain.

    The failure that is explained is the one of a chain or group whose crash `Located.crash` is. A fix has been checked
    as a model's is, and bears its rung in its title.
    """
    explained: list[Located] = []
    fixes: tuple[CheckedFix, ...] = ()
    for index, one in enumerate(located):
        if index >= _MAX_EXPLAINED and not one.failure.primary:
            explained.append(one)
            continue
        site, answer = _answer(one, roots, documents)
        explained.append(one if answer is None else replace(one, explanation=_explanation(answer)))
        if answer is not None and answer.change is not None and one.failure.primary and site.snapshot is not None:
            fix = checked(answer.change, site.snapshot)
            fixes = (fix,) if fix is not None else ()
    return tuple(explained), fixes


def _answer(located: Located, roots: Sequence[Path], documents: DocumentSource) -> tuple[Site, Answer | None]:
    """Return what is said of the failure that crashed, or, where that is nothing, of the one that it led to."""
    crashed = _crashed(located)
    site = Site(crashed, located, roots, documents)
    answer = first_answer(_rules(crashed), site)
    if answer is None and crashed is not located.failure:
        site = Site(located.failure, located, roots, documents)
        answer = first_answer(_rules(located.failure), site)
    return site, answer


def _explanation(answer: Answer) -> Explanation:
    return Explanation(answer.text, answer.command, answer.is_environment)


def _rules(failure: Failure) -> Sequence[Rule]:
    if failure.language == "sql":
        return sql.RULES
    if failure.language in ("javascript", "typescript"):
        return (*javascript.RULES, *system.RULES)
    if failure.language != "python":
        return system.RULES
    module, _, name = failure.exception_type.rpartition(".")
    return sql.RULES + system.RULES if name in _OF_DATABASES and module else PYTHON_RULES + system.RULES


def _crashed(located: Located) -> Failure:
    """Return the failure of the chain or group whose frames those of ``located`` are."""
    printed = [(one.frame.path, one.frame.lineno, one.frame.function) for one in located.frames]
    for failure in _all(located.failure):
        if [(frame.path, frame.lineno, frame.function) for frame in failure.frames] == printed:
            return failure
    return located.failure


def _all(failure: Failure) -> Iterator[Failure]:
    yield failure
    for member in failure.members:
        yield from _all(member)
    if failure.cause is not None:
        yield from _all(failure.cause)
