"""Progress for people: one line that is rewritten on a terminal, an occasional plain line elsewhere."""

from __future__ import annotations

import json
import shutil
import threading
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

PLAIN_INTERVAL_S = 5.0
TICK_INTERVAL_S = 2.0


class Activity(StrEnum):
    """What is going on; the values are states of docs/protocol.md, "Supervisor"."""

    INSTALLING = "installing"
    DOWNLOADING = "downloading"
    CONVERTING = "converting"


class Progress:
    """Writes what is going on to `stream`; safe to call from several threads."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._started = clock()
        self._last_write: float | None = None
        self._lock = threading.Lock()

    def update(self, text: str, _activity: Activity = Activity.INSTALLING, _percent: int | None = None) -> None:
        """Show `text` as the present state; off a terminal at most one line in `PLAIN_INTERVAL_S`."""
        with self._lock:
            now = self._clock()
            line = f"[{now - self._started:4.0f} s] {text}"
            if self._terminal:
                self._stream.write("\r\033[K" + line[: shutil.get_terminal_size().columns - 1])
            elif self._last_write is None or now - self._last_write >= PLAIN_INTERVAL_S:
                self._last_write = now
                self._stream.write(line + "\n")
            else:
                return
            self._stream.flush()

    def clear(self) -> None:
        """Remove the line from a terminal, so that a result can be printed in its place."""
        if self._terminal:
            self._stream.write("\r\033[K")
            self._stream.flush()


class JsonProgress(Progress):
    """Writes each update as a line `{"state", "detail", "percent"}`, for programs."""

    def update(self, text: str, activity: Activity = Activity.INSTALLING, percent: int | None = None) -> None:
        """Write the update."""
        line = json.dumps({"state": activity, "detail": text, "percent": percent})
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()

    def clear(self) -> None:
        """Do nothing: lines are not rewritten."""


class Ticker:
    """Calls `tick` every `TICK_INTERVAL_S` in a thread while the context is open; for work that reports nothing."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._ended.wait(TICK_INTERVAL_S):
            self._tick()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def megabytes(size_bytes: int) -> str:
    """Return a size for people, in MB or GB (powers of ten)."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
