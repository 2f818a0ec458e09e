"""Who uses what: files of running processes, holders of locks, the state files' processes."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state

if TYPE_CHECKING:
    from qwen_launcher.folders import Folders

FLOCK = re.compile(r"^\d+: FLOCK +\S+ +\S+ +(?P<pid>-?\d+) [0-9a-f]+:[0-9a-f]+:(?P<inode>\d+) ", re.MULTILINE)
"""A line of /proc/locks (man 5 proc_locks)."""


@dataclass(frozen=True, slots=True)
class PathUse:
    """A path of ours that process `pid` was started with or has mapped into its memory."""

    pid: int
    path: str


def uses_of(*roots: Path) -> list[PathUse]:
    """Return what processes of this user use below `roots`, without this process.

    Command lines tell of the engine's server and of pip; the maps tell of its workers, which overwrite theirs. Neither
    needs a state file, so that an engine whose launcher was killed counts too.
    """
    names = {os.fsencode(name) for root in roots for name in (root, root.resolve())}
    below = re.compile(b"(?:" + b"|".join(map(re.escape, names)) + rb")/[^\0\n]*")
    uses: list[PathUse] = []
    for pid in psutil.pids():
        if pid == os.getpid():
            continue
        content = b""
        # A process may end meanwhile, or belong to somebody else, who cannot use our folders.
        with suppress(OSError):
            content = Path(f"/proc/{pid}/cmdline").read_bytes() + b"\n"
            content += Path(f"/proc/{pid}/maps").read_bytes()
        uses.extend(PathUse(pid, os.fsdecode(found)) for found in set(below.findall(content)))
    return uses


def user_of(path: Path, uses: list[PathUse]) -> int | None:
    """Return the id of a process that uses `path` or something in it; None when there is none."""
    names = {str(path), str(path.resolve())}
    for use in uses:
        if any(use.path == name or use.path.startswith(f"{name}/") for name in names):
            return use.pid
    return None


def lock_holder(path: Path) -> int | None:
    """Return the id of the process that took the lock at `path`; None when it is free.

    It is read from /proc/locks, because trying the lock would disturb whoever takes it at that moment. The process may
    have ended and left the lock to its child.
    """
    try:
        inode = path.stat().st_ino
        locks = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return None
    # The device is not compared: some file systems give another one to stat() than to the table.
    return next((int(found["pid"]) for found in FLOCK.finditer(locks) if int(found["inode"]) == inode), None)


def live_states(folders: Folders) -> list[BackendState]:
    """Return the states whose engine runs, ready or starting."""
    states = [read_state(folders.run / name) for name in (BACKEND, STARTING)]
    return [state for state in states if state is not None and is_alive(state)]


def size_bytes(path: Path) -> int:
    """Return what `path` and all in it take on the disk; links are not followed, what cannot be read counts nothing."""
    total = 0
    with suppress(OSError):
        total = path.lstat().st_blocks * 512
    if path.is_dir() and not path.is_symlink():
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                with suppress(OSError):
                    total += os.lstat(Path(folder, name)).st_blocks * 512
    return total
