"""What a statement of SQL sets off: the functions, triggers and views in which it really fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.context.definitions import FoundDefinition, imported_modules
from qwen_lsp.context.regions import LineSpan
from qwen_lsp.model import Failure
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.syntax.languages import SQL
from qwen_lsp.text import DocumentSource, TextSnapshot

_FUNCTION = re.compile(r"^CONTEXT: +PL/\w+ function (?:\w+\.)?(?P<name>\w+)\(")
_COLUMN = re.compile(r"no such column: (?P<name>\w+\.\w+)")


def set_off(
    failure: Failure, snapshot: TextSnapshot, span: LineSpan, roots: Sequence[Path], documents: DocumentSource
) -> list[FoundDefinition]:
    """Return what the statement in ``span`` sets off that the database reports as failing; nothing where it is itself.

    PostgreSQL names the function (CONTEXT). SQLite names only a column: one with a prefix that the statement does not
    have, as NEW, is in a trigger or view.
    """
    functions = {match["name"].lower() for note in failure.notes if (match := _FUNCTION.match(note))}
    column = _COLUMN.match(failure.message)
    strange = column["name"].lower() if column is not None else ""
    if strange in snapshot.slice(*span).lower():
        strange = ""
    found = []
    for module in (snapshot, *imported_modules(snapshot, roots, documents)) if functions or strange else ():
        if language_of(module.path) is not SQL:
            continue
        for one in parse(SQL, module.text).definitions:
            text = module.slice(one.start_line, one.end_line).lower()
            if one.name and (one.name.lower() in functions or (strange and strange in text)):
                found.append(FoundDefinition(module, one))
    return found
