"""Find where names used in code are defined in the workspace, by following imports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qwen_lsp.context.imports import imported_paths, is_re_exporting
from qwen_lsp.syntax import Definition, TokenKind, language_of, parse
from qwen_lsp.syntax.languages import SQL
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_HOPS = 3
"""How many re-exports (``from .impl import name`` in an ``__init__``, an ``index.ts``) are followed."""

_SQL = ".sql"
_FILE_NAME = re.compile(r"(?<=[\"'`])(?![./])[\w./-]{1,80}(?=[\"'`]$)")
_SQL_FOLDERS = ("", "queries", "sql", "db", "database", "migrations")
_MAX_FILES = 5


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """A definition and the file that holds it."""

    snapshot: TextSnapshot
    definition: Definition


def names_used(snapshot: TextSnapshot, start_line: int, end_line: int) -> list[str]:
    """Return the identifiers and attribute names in the lines (0-based, end exclusive), first use first.

    A string that names a file of SQL near by ("queries/report.sql", or "report" alone) counts as a name, too: the
    file's path, which ``find_definitions`` takes for all of its statements.
    """
    language = language_of(snapshot.path)
    if language is None:
        return []
    tree = parse(language, snapshot.text)
    found = dict.fromkeys(tree.names(start_line, end_line))
    if language.id != "sql":
        for token in tree.tokens():
            if token.kind is TokenKind.STRING and start_line <= token.start_line < end_line:
                found.update(dict.fromkeys(str(path) for path in _sql_files(snapshot.path.parent, token.text)))
    return list(found)


def _sql_files(folder: Path, string: str) -> list[Path]:
    """Return the files of SQL that the string literal names, below ``folder`` or beside it."""
    word = _FILE_NAME.search(string)
    if word is None or ".." in word[0]:
        return []
    name = word[0] if word[0].endswith(_SQL) else word[0] + _SQL
    beside = (folder.parent / below / name for below in _SQL_FOLDERS)
    near = (path for path in (folder / name, *folder.glob(f"*/{name}"), *beside) if path.is_file())
    return list(islice(dict.fromkeys(near), _MAX_FILES))


def find_definitions(
    snapshot: TextSnapshot, names: Sequence[str], roots: Sequence[Path], documents: DocumentSource
) -> list[FoundDefinition]:
    """Return the definitions of ``names`` in ``snapshot`` and in the workspace modules that it imports.

    A name that is a method is found in every class of those modules: without types there is no telling whose it
    is. The order follows ``names``.
    """
    modules = [snapshot, *imported_modules(snapshot, roots, documents)]
    found = []
    for name in names:
        if name.endswith(_SQL):
            found += _statements(Path(name), roots, documents)
        else:
            found += [FoundDefinition(module, one) for module in modules for one in _definitions_named(module, name)]
    return found


def _statements(path: Path, roots: Sequence[Path], documents: DocumentSource) -> list[FoundDefinition]:
    snapshot = documents.read(path) if any(path.is_relative_to(root) for root in roots) else None
    if snapshot is None:
        return []
    return [FoundDefinition(snapshot, one) for one in parse(SQL, snapshot.text).definitions]


def _definitions_named(snapshot: TextSnapshot, name: str) -> list[Definition]:
    language = language_of(snapshot.path)
    if language is None:
        return []
    return [one for one in parse(language, snapshot.text).definitions if one.name == name]


def imported_modules(snapshot: TextSnapshot, roots: Sequence[Path], documents: DocumentSource) -> list[TextSnapshot]:
    """Return the workspace modules that ``snapshot`` imports, directly or through re-exports, nearest first."""
    seen = {snapshot.path}
    layer, found = [snapshot], []
    for _ in range(_MAX_HOPS):
        following = []
        for importing in layer:
            for path in imported_paths(importing, roots):
                if path in seen:
                    continue
                seen.add(path)
                module = documents.read(path)
                if module is not None:
                    following.append(module)
        found += following
        layer = [module for module in following if is_re_exporting(module.path)]
    return found
