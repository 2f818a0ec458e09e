"""Which file of the workspace a path printed in a log stands for."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_WALKED_FILES = 50_000

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox", ".eggs"}
    | {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".cache"}
)
VIRTUAL_ENVIRONMENT_MARK = "pyvenv.cfg"
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|[^/]*\\")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# "file:///srv/x.py", "http://localhost:5173/src/x.ts?t=1", "webpack:///./src/x.ts", Vite's "/@fs/home/user/x.ts".
_URL = re.compile(r"(?P<scheme>[a-z][a-z-]{1,30})://(?:[^/]*(?=/))?")
_SERVED_FROM_DISK = "/@fs/"
_MAX_NAMED = 5
_ROOT_AND_NAME = 2

NOT_FOUND = "not in the workspace"
NOT_FOUND_IN_PART = f"not among the first {MAX_WALKED_FILES} files of the workspace"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the workspace, or None and the reason in words for the user (None: not worth a word)."""

    path: Path | None = None
    note: str | None = None
    is_installed: bool = False
    """Whether the path lies in a virtual environment or another folder of installed code below a root."""


Agrees = Callable[[Path], bool | None]
"""Whether a file reads, at the place the log names, as the log shows it; None when the log shows no text."""


class WorkspaceFiles:
    """Finds files below ``roots``; walks them at most once, and only when names alone do not decide.

    Symbolic links are resolved before a file counts as inside a root; paths come back below the root as it was
    given, so that they equal those of the editor's documents.
    """

    def __init__(self, roots: Sequence[Path], cwd: Path | None) -> None:
        self._roots = tuple((root, resolved) for root in roots if (resolved := _resolve(root)) is not None)
        self._cwd = cwd
        self._is_environment = cache(lambda folder: (folder / VIRTUAL_ENVIRONMENT_MARK).is_file())
        self._index: dict[str, list[Path]] | None = None
        self._is_index_full = True

    def find(self, printed: str, agrees: Agrees) -> FoundFile:
        """Return the file that ``printed`` stands for; never a guess between several."""
        found = self._find(printed, agrees)
        if found.path is None and not found.is_installed and (plain := _without_url(printed)) != printed:
            plainly = self._find(plain, agrees)
            return found if plainly.path is None and not plainly.is_installed else plainly
        return found

    def _find(self, printed: str, agrees: Agrees) -> FoundFile:
        path = Path(printed)
        if path.is_absolute():
            inside = self._inside(path)
            if inside is not None:
                return self._checked(inside)
            if _is_file(path):
                return FoundFile(note=NOT_FOUND)
        else:
            for folder in (*([self._cwd] if self._cwd is not None else []), *(root for root, _ in self._roots)):
                inside = self._inside(folder / path)
                if inside is not None:
                    return self._checked(inside)
        return self._by_suffix(printed, agrees)

    def _by_suffix(self, printed: str, agrees: Agrees) -> FoundFile:
        """Return the file that ends like ``printed``, a path of another machine, container or folder."""
        parts = [part for part in _DRIVE.sub("", printed.replace("\\", "/")).split("/") if part not in {"", ".", ".."}]
        if not parts:
            return FoundFile()
        # The last folder of the other machine's path that is not part of ours is often the root itself: "/app/x.py".
        for length in range(len(parts), 0 if len(parts) <= _ROOT_AND_NAME else 1, -1):
            direct = self._below_roots(parts[-length:])
            if len(direct) == 1 and agrees(direct[0]) is not False:
                return self._checked(direct[0])
            if direct:
                break
        # Windows does not tell "Cart.py" from "cart.py".
        candidates, length = self._walked(parts, ignores_case=_WINDOWS.match(printed) is not None)
        agreeing = [candidate for candidate in candidates if agrees(candidate)]
        if length == 1 and len(parts) > 1:
            # A file name alone ("utils.py") is no evidence: the text must agree, too.
            candidates = agreeing
        elif len(candidates) > 1 and len(agreeing) == 1:
            candidates = agreeing
        if len(candidates) == 1:
            return self._checked(candidates[0])
        if not candidates:
            return FoundFile(note=NOT_FOUND if self._is_index_full else NOT_FOUND_IN_PART)
        names = ", ".join(sorted(self._display(candidate) for candidate in candidates)[:_MAX_NAMED])
        return FoundFile(note=f"several files of the workspace match this path: {names}")

    def _below_roots(self, parts: Sequence[str]) -> list[Path]:
        found = (self._inside(root.joinpath(*parts)) for root, _ in self._roots)
        return [path for path in found if path is not None]

    def _walked(self, parts: Sequence[str], *, ignores_case: bool) -> tuple[list[Path], int]:
        """Return the files that share the longest end with ``parts``, and that end's length in names."""
        longest = 0
        best: list[Path] = []
        parts = [part.casefold() for part in parts] if ignores_case else parts
        for path in self._files_by_name().get(parts[-1].casefold(), ()):
            names = tuple(name.casefold() for name in path.parts) if ignores_case else path.parts
            if names[-1] != parts[-1]:
                continue
            length = 1
            while length < min(len(parts), len(names)) and names[-length - 1] == parts[-length - 1]:
                length += 1
            if length > longest:
                longest, best = length, []
            if length == longest:
                best.append(path)
        return best, longest

    def _files_by_name(self) -> dict[str, list[Path]]:
        """Return every file below the roots by its name without regard to case, installed code and caches left out."""
        if self._index is None:
            self._index = defaultdict(list)
            count = 0
            for root, resolved in self._roots:
                for folder, folders, names in os.walk(resolved):
                    if VIRTUAL_ENVIRONMENT_MARK in names:
                        folders.clear()
                        continue
                    folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
                    count += len(names)
                    if count > MAX_WALKED_FILES:
                        self._is_index_full = False
                        return self._index
                    for name in names:
                        path = self._inside(Path(folder, name)) if Path(folder, name).is_symlink() else None
                        self._index[name.casefold()].append(path or root / Path(folder, name).relative_to(resolved))
        return self._index

    def _inside(self, path: Path) -> Path | None:
        """Return the existing file at ``path`` as a path below a root, or None when it is not inside any."""
        resolved = _resolve(path)
        if resolved is None or not _is_file(resolved):
            return None
        for root, resolved_root in self._roots:
            if resolved.is_relative_to(resolved_root):
                return root / resolved.relative_to(resolved_root)
        return None

    def _checked(self, path: Path) -> FoundFile:
        """Return ``path`` as found, unless it is installed code inside a root."""
        folders = [folder for folder in path.parents if any(folder.is_relative_to(root) for root, _ in self._roots)]
        if any(folder.name in SKIPPED_FOLDERS or self._is_environment(folder) for folder in folders):
            return FoundFile(is_installed=True)
        return FoundFile(path)

    def _display(self, path: Path) -> str:
        return next((str(path.relative_to(root)) for root, _ in self._roots if path.is_relative_to(root)), str(path))


def _without_url(printed: str) -> str:
    """Return ``printed`` as the path that it is where it is a URL, or has characters written as in one."""
    plain = printed
    if match := _URL.match(printed):
        plain = printed[match.end() :].partition("?")[0]
    plain = _ESCAPES.sub(lambda codes: bytes.fromhex(codes[0].replace("%", "")).decode("utf-8", "replace"), plain)
    return plain.removeprefix(_SERVED_FROM_DISK.rstrip("/")) if plain.startswith(_SERVED_FROM_DISK) else plain


def _resolve(path: Path) -> Path | None:
    """Return ``path`` absolute and free of symbolic links; None where it is no path (NUL, link loop, too long)."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
