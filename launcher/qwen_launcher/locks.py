"""One worker at a time, across processes."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POLL_INTERVAL_S = 0.2
TRY_S = 1.0
"""Long enough for a holder that is just ending."""


@contextmanager
def file_lock(path: Path, on_wait: Callable[[], None]) -> Iterator[int]:
    """Hold the lock at `path`; `on_wait` is called again and again while another process has it.

    Yields the file descriptor: a child that inherits it (`pass_fds`) keeps the lock until it ends too, so that a
    killed launcher's child is not worked against. The system frees the lock of a dead process; the file stays, for
    removing it would let two processes hold "the" lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                on_wait()
                time.sleep(POLL_INTERVAL_S)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Hold the lock at `path` and yield True, or yield False when another process has it for `TRY_S` seconds.

    Children do not inherit it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + TRY_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(POLL_INTERVAL_S)
                    continue
                yield False
                return
            yield True
            return
    finally:
        os.close(descriptor)
