"""Which files of the workspace a file gets its names from, by the rules of its language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from qwen_lsp.context.imports import c, folders, go, javascript, python, ruby, rust
from qwen_lsp.syntax import language_of
from qwen_lsp.text import TextSnapshot

_READERS: Mapping[str, Callable[[TextSnapshot, Sequence[Path]], Iterator[Path]]] = {
    "python": python.imported,
    "javascript": javascript.imported,
    "typescript": javascript.imported,
    "tsx": javascript.imported,
    "java": folders.imported_by_java,
    "csharp": folders.imported_by_csharp,
    "php": folders.imported_by_php,
    "sql": folders.beside_sql,
    "go": go.imported,
    "rust": rust.imported,
    "c": c.included,
    "cpp": c.included,
    "ruby": ruby.required,
}

_RE_EXPORTING = frozenset({"__init__", "index", "mod", "lib"})


def imported_paths(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files below ``roots`` that ``snapshot`` imports, in the order of its text; one may come twice."""
    language = language_of(snapshot.path)
    if language is None:
        return
    for path in _READERS[language.id](snapshot, roots):
        if path != snapshot.path and any(path.is_relative_to(root) for root in roots) and path.is_file():
            yield path


def is_re_exporting(path: Path) -> bool:
    """Return whether files of this name usually hand on what they import themselves."""
    return path.stem in _RE_EXPORTING
