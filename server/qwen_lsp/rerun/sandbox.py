"""A scratch copy of the workspace, in which a command may write what it likes.

On Linux the copy is a layer over the workspace itself, seen by the command alone: nothing is copied, absolute paths and
installed-in-place packages lead to the changed code, and the command is cut off from the network (namespaces(7), and
"Overlay Filesystem" in the kernel's documentation). Where the system forbids that, the files are copied.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.rerun import inside
from qwen_lsp.rerun.command import Command

MAX_MEMORY_BYTES = 8 << 30
MAX_FILE_BYTES = 1 << 30

_MAX_COPIED_BYTES = 512 << 20
_LARGE_FILE_BYTES = 16 << 20
"""Files from this size up are linked, not copied."""

_LINKED = frozenset({".tox", ".nox", ".venv", "venv", "node_modules"})
"""Folders of installed packages: large, and not what a fix changes; they are linked."""

_LEFT_OUT = frozenset({".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""A link to the repository would let the command change its history."""

_UNSHARE = (
    *("unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"),
    "--",
)


class CannotRerunError(Exception):
    """The command cannot be run in a copy; the message says why."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How to start the command: ``argv``; ``is_isolated`` says whether network and workspace are out of its reach."""

    argv: tuple[str, ...]
    is_isolated: bool


@contextmanager
def sandbox(command: Command, roots: Sequence[Path], changes: Mapping[Path, bytes]) -> Iterator[Sandbox]:
    """Yield what runs ``command`` in a copy of ``roots`` in which the files of ``changes`` have the given content.

    The copy is gone afterwards. Nothing below ``roots`` is written.

    Raises:
        CannotRerunError: the workspace is too large to be copied where a layer is not to be had.
    """
    outermost = [root for root in roots if not any(root != other and root.is_relative_to(other) for other in roots)]
    scratch = Path(tempfile.mkdtemp(prefix="qwen-lsp-rerun-"))
    try:
        if can_layer():
            yield _layered(command, outermost, changes, scratch)
        else:
            yield _copied(command, outermost, changes, scratch)
    finally:
        shutil.rmtree(scratch, onerror=_make_removable)


def _layered(command: Command, roots: Sequence[Path], changes: Mapping[Path, bytes], scratch: Path) -> Sandbox:
    layers = []
    for number, root in enumerate(roots):
        upper, work = scratch / f"{number}-upper", scratch / f"{number}-work"
        upper.mkdir()
        work.mkdir()
        for path, data in changes.items():
            if path.is_relative_to(root):
                _write(upper / path.relative_to(root), path, data)
        layers.append([str(root), str(upper), str(work)])
    return Sandbox((*_UNSHARE, *_start(command, layers)), is_isolated=True)


def _copied(command: Command, roots: Sequence[Path], changes: Mapping[Path, bytes], scratch: Path) -> Sandbox:
    copies, copier = {}, _Copier()
    for number, root in enumerate(roots):
        copies[root] = scratch / str(number) / root.name
        copier.copy_folder(root, copies[root])
    for path, data in changes.items():
        for root, copy in copies.items():
            if path.is_relative_to(root):
                _write(copy / path.relative_to(root), path, data)
    cwd, argv = str(command.cwd), list(command.argv)
    for root, copy in copies.items():
        if command.cwd.is_relative_to(root):
            cwd = str(copy / command.cwd.relative_to(root))
        argv = [argument.replace(str(root), str(copy)) for argument in argv]
    return Sandbox(_start(Command(tuple(argv), Path(cwd)), []), is_isolated=False)


class _Copier:
    """Copies a folder; what is large is linked, and past a limit it gives up."""

    def __init__(self) -> None:
        self._bytes = 0
        self._linked: list[Path] = []

    def copy_folder(self, source: Path, target: Path) -> None:
        shutil.copytree(source, target, symlinks=True, ignore=self._ignored, copy_function=self._copy_file)
        for folder in self._linked:
            (target / folder.relative_to(source)).symlink_to(folder)
        self._linked.clear()

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        self._linked += [Path(folder, name) for name in names if name in _LINKED]
        return {name for name in names if name in _LINKED or name in _LEFT_OUT}

    def _copy_file(self, source: str, target: str) -> str:
        size = Path(source).stat().st_size
        if size >= _LARGE_FILE_BYTES:
            Path(target).symlink_to(source)
            return target
        self._bytes += size
        if self._bytes > _MAX_COPIED_BYTES:
            message = f"the workspace holds more than {_MAX_COPIED_BYTES >> 20} MB to copy"
            raise CannotRerunError(message)
        return shutil.copy2(source, target)


def _start(command: Command, layers: Sequence[Sequence[str]]) -> tuple[str, ...]:
    plan = {
        "layers": layers,
        "cwd": str(command.cwd),
        "command": command.argv,
        "memory_bytes": MAX_MEMORY_BYTES,
        "file_bytes": MAX_FILE_BYTES,
    }
    return sys.executable, "-I", inside.__file__, json.dumps(plan)


def _write(target: Path, original: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # it may be a link to the user's file
    target.write_bytes(data)
    shutil.copymode(original, target)


@functools.cache
def can_layer() -> bool:
    """Return whether this system lets an ordinary user lay a layer over a folder."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory(prefix="qwen-lsp-probe-") as scratch:
        folders = [Path(scratch) / name for name in ("folder", "upper", "work")]
        for folder in folders:
            folder.mkdir()
        probe = Command(("true",), folders[0])
        argv = (*_UNSHARE, *_start(probe, [[str(folder) for folder in folders]]))
        try:
            done = subprocess.run(argv, capture_output=True, timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
        _make_work_removable(folders[2])
        return done.returncode == 0


def _make_work_removable(work: Path) -> None:
    # The kernel leaves a folder without permissions there.
    for left in work.iterdir():
        left.chmod(0o700)


def _make_removable(_remove: object, path: str, _error: object) -> None:
    """Give back the permissions that a command or the kernel took from a folder, and remove it after all."""
    entry = Path(path)
    for one in (entry.parent, entry):
        if one.exists() and not one.is_symlink():
            one.chmod(0o700)
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)
