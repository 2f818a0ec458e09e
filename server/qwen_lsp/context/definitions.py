"""Find where names used in code are defined in the workspace, by following imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.context.imports import imported_paths, is_re_exporting
from qwen_lsp.syntax import Definition, language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_HOPS = 3
"""How many re-exports (``from .impl import name`` in an ``__init__``, an ``index.ts``) are followed."""


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """A definition and the file that holds it."""

    snapshot: TextSnapshot
    definition: Definition


def names_used(snapshot: TextSnapshot, start_line: int, end_line: int) -> list[str]:
    """Return the identifiers and attribute names in the lines (0-based, end exclusive), first use first."""
    language = language_of(snapshot.path)
    if language is None:
        return []
    return list(dict.fromkeys(parse(language, snapshot.text).names(start_line, end_line)))


def find_definitions(
    snapshot: TextSnapshot, names: Sequence[str], roots: Sequence[Path], documents: DocumentSource
) -> list[FoundDefinition]:
    """Return the definitions of ``names`` in ``snapshot`` and in the workspace modules that it imports.

    A name that is a method is found in every class of those modules: without types there is no telling whose it
    is. The order follows ``names``.
    """
    modules = [snapshot, *_imported_modules(snapshot, roots, documents)]
    return [
        FoundDefinition(module, definition)
        for name in names
        for module in modules
        for definition in _definitions_named(module, name)
    ]


def _definitions_named(snapshot: TextSnapshot, name: str) -> list[Definition]:
    language = language_of(snapshot.path)
    if language is None:
        return []
    return [one for one in parse(language, snapshot.text).definitions if one.name == name]


def _imported_modules(snapshot: TextSnapshot, roots: Sequence[Path], documents: DocumentSource) -> list[TextSnapshot]:
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
