"""Folders in which an import is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def folders_above(path: Path, roots: Sequence[Path]) -> list[Path]:
    """Return the folders that hold ``path`` and lie below one of ``roots`` (or are one), innermost first."""
    return [folder for folder in path.parents if any(folder.is_relative_to(root) for root in roots)]


def normalized(path: Path) -> Path:
    """Return ``path`` with its ``..`` taken out by their text alone: links stay, so that names equal the editor's."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return Path(*parts)
