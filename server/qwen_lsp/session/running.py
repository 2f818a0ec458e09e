"""The rule that of one kind of work one piece is done at a time, the newest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

_CLEAN_UP_S = 1.0


class Running:
    """Holds the task that does the work at present."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None

    @contextmanager
    def only(self) -> Iterator[None]:
        """Make the calling task the one that runs, and cancel the one that did; it is forgotten when it leaves."""
        if self._task is not None:
            self._task.cancel()
        task = asyncio.current_task()
        self._task = task
        try:
            yield
        finally:
            if self._task is task:
                self._task = None

    async def stop(self) -> None:
        """Cancel the running task and wait until its request has been answered, ``_CLEAN_UP_S`` at most."""
        running = self._task
        if running is not None:
            running.cancel()
            await asyncio.wait([running], timeout=_CLEAN_UP_S)
