"""The engine's log: its end, and what is added to it while somebody watches."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, BinaryIO

from qwen_launcher.errors import LauncherError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Polling a file's size four times a second costs nothing, works on every file system and needs no library.
POLL_INTERVAL_S = 0.25
BLOCK_BYTES = 64 * 1024


class NoLogError(LauncherError):
    """There is no log to show."""


def last_lines(file: BinaryIO, count: int | None) -> bytes:
    """Return the last `count` lines of `file`, or all of it; the file stands at its end then."""
    if count is None:
        return file.read()
    position = file.seek(0, os.SEEK_END)
    end = b""
    # One line end more than lines: the one before the first line wanted (the last line may lack its own).
    while position > 0 and end.count(b"\n") <= count:
        step = min(BLOCK_BYTES, position)
        position = file.seek(position - step)
        end = file.read(step) + end
    file.seek(0, os.SEEK_END)
    # Not splitlines(): the carriage returns of progress bars end no line.
    lines = end.split(b"\n")
    return b"\n".join(lines[-count - (lines[-1] == b"") :])


def show(log: Path, count: int | None, emit: Callable[[bytes], None]) -> None:
    """Emit the last `count` lines of `log`, or all of it.

    Raises:
        NoLogError: there is none.
    """
    try:
        with log.open("rb") as file:
            emit(last_lines(file, count))
    except FileNotFoundError as error:
        raise NoLogError(f"there is no log at {log}; an engine writes it, `qwen-launcher start` starts one") from error
    except OSError as error:
        raise NoLogError(f"{log} cannot be read: {error.strerror}; run `qwen-launcher doctor`") from error


def follow(log: Path, count: int | None, emit: Callable[[bytes], None], on_missing: Callable[[], None]) -> None:
    """Emit the end of `log` and then all that is written to it, without end; Ctrl-C ends it.

    A start of the engine replaces the file: the rest of the old one comes first, then the new one from its beginning.
    `on_missing` is called once when there is no log yet.
    """
    file = _wait_for(log, on_missing)
    try:
        emit(last_lines(file, count))
        while True:
            # Looked up before reading: what the old engine wrote until the file was replaced is read below.
            replaced = _is_replaced(log, file)
            if os.fstat(file.fileno()).st_size < file.tell():
                file.seek(0)
            if added := file.read():
                emit(added)
            elif replaced:
                file.close()
                file = _wait_for(log, on_missing)
            else:
                time.sleep(POLL_INTERVAL_S)
    finally:
        file.close()


def _is_replaced(log: Path, file: BinaryIO) -> bool:
    try:
        return not os.path.samestat(log.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        # Between two starts, or the engine's runtime folder is gone: nothing to change to yet.
        return False


def _wait_for(log: Path, on_missing: Callable[[], None]) -> BinaryIO:
    told = False
    while True:
        try:
            return log.open("rb")
        except FileNotFoundError:
            if not told:
                on_missing()
                told = True
            time.sleep(POLL_INTERVAL_S)
        except OSError as error:
            raise NoLogError(f"{log} cannot be read: {error.strerror}; run `qwen-launcher doctor`") from error
