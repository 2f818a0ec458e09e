"""Find where names used in Python code are defined in the workspace, by following imports."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.syntax import Definition, language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot

_MAX_HOPS = 3
"""How many re-exports (``from .impl import name`` in an ``__init__``) are followed."""


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
            for path in _imported_paths(importing, roots):
                if path in seen:
                    continue
                seen.add(path)
                module = documents.read(path)
                if module is not None:
                    following.append(module)
        found += following
        layer = [module for module in following if module.path.name == "__init__.py"]
    return found


def _imported_paths(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's invalid escapes are not ours to report
            module = ast.parse(snapshot.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(snapshot.path, alias.name, 0, roots)
        elif isinstance(node, ast.ImportFrom):
            name = node.module or ""
            yield from _module_files(snapshot.path, name, node.level, roots)
            for alias in node.names:  # ``from package import module``
                yield from _module_files(snapshot.path, f"{name}.{alias.name}".strip("."), node.level, roots)


def _module_files(importing: Path, dotted: str, level: int, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the file of module ``dotted`` if the workspace has it; ``level`` counts the leading dots."""
    if level:
        bases = [importing.parents[level - 1]] if level <= len(importing.parents) else []
    else:
        bases = [folder for folder in importing.parents if any(folder.is_relative_to(root) for root in roots)]
        bases += [root / "src" for root in roots]
    parts = [part for part in dotted.split(".") if part]
    for base in bases:
        for candidate in (
            base.joinpath(*parts).with_suffix(".py") if parts else None,
            base.joinpath(*parts, "__init__.py"),
        ):
            if candidate is not None and candidate.is_file() and any(candidate.is_relative_to(root) for root in roots):
                yield candidate
                return
