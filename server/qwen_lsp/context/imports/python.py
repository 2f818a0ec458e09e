"""Python's imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above
from qwen_lsp.syntax import python_module
from qwen_lsp.text import TextSnapshot


def imported(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of the modules that ``snapshot`` imports; none where it does not parse."""
    module = python_module(snapshot.text)
    for node in ast.walk(module) if module is not None else ():
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
        bases = [*folders_above(importing, roots), *(root / "src" for root in roots)]
    parts = [part for part in dotted.split(".") if part]
    for base in bases:
        for candidate in (
            base.joinpath(*parts).with_suffix(".py") if parts else None,
            base.joinpath(*parts, "__init__.py"),
        ):
            if candidate is not None and candidate.is_file() and any(candidate.is_relative_to(root) for root in roots):
                yield candidate
                return
