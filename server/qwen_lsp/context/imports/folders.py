"""Languages in which a file is named like what it defines, and files of one folder see each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above, normalized
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import TextSnapshot

_JAVA_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_JAVA_IMPORT = re.compile(r"^\s*import\s+(?:static\s+)?([\w.]+)(?:\.\*)?\s*;", re.MULTILINE)
_JAVA_SOURCES = ("", "src/main/java", "main/java", "src")
_CSHARP_USING = re.compile(r"^\s*(?:global\s+)?using\s+(?:static\s+)?([\w.]+)\s*;", re.MULTILINE)
_PHP_USE = re.compile(r"^\s*use\s+([\w\\]+)", re.MULTILINE)
_PHP_FILE = re.compile(r"['\"]/?([\w./-]{1,200}\.php)['\"]")
_MAX_FILES = 40


def imported_by_java(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of the classes that ``snapshot`` names: of its own package and of those that it imports."""
    package = _JAVA_PACKAGE.search(snapshot.text)
    own = package[1].split(".") if package else []
    classes = _type_names(snapshot)
    wanted = [[*own, name] for name in classes]
    for dotted in _JAVA_IMPORT.findall(snapshot.text):
        parts = dotted.split(".")
        wanted += [parts, parts[:-1], *([*parts, name] for name in classes)]
    bases = [folder / below for folder in folders_above(snapshot.path, roots) for below in _JAVA_SOURCES]
    for parts in wanted:
        if parts:
            yield from _first_file(base.joinpath(*parts[:-1], f"{parts[-1]}.java") for base in bases)


def imported_by_csharp(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files named like the types that ``snapshot`` uses, in its own folder and those of its namespaces."""
    namespaces = [name.split(".") for name in _CSHARP_USING.findall(snapshot.text)]
    below = [Path(*parts[start:]) for parts in namespaces for start in range(len(parts))]
    above = folders_above(snapshot.path, roots)
    for name in _type_names(snapshot):
        yield from _first_file(folder / path / f"{name}.cs" for path in [Path(), *below] for folder in above)


def imported_by_php(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that ``snapshot`` requires, those of the classes that it uses, and those beside it."""
    above = folders_above(snapshot.path, roots)
    for name in _PHP_FILE.findall(snapshot.text):
        yield normalized(snapshot.path.parent / name)
    for used in _PHP_USE.findall(snapshot.text):
        parts = used.strip("\\").split("\\")
        below = [
            Path(source, *parts[start:]).with_suffix(".php") for start in range(len(parts)) for source in ("", "src")
        ]
        yield from _first_file(folder / path for path in below for folder in above)
    for name in _type_names(snapshot):
        yield snapshot.path.with_name(f"{name}.php")


def beside_sql(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the other SQL files of the folder: the schema may be in one of them."""
    if folders_above(snapshot.path, roots):
        yield from islice(sorted(snapshot.path.parent.glob("*.sql")), _MAX_FILES)


def _type_names(snapshot: TextSnapshot) -> list[str]:
    language = language_of(snapshot.path)
    if language is None:
        return []
    names = dict.fromkeys(parse(language, snapshot.text).names(0, len(snapshot.lines)))
    return [name for name in names if name[:1].isupper()]


def _first_file(candidates: Iterator[Path]) -> Iterator[Path]:
    yield from islice((path for path in candidates if path.is_file()), 1)
