"""Which files of a workspace change, also while a command runs that writes some of them itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import watchfiles

from qwen_lsp.syntax import language_of

_DEBOUNCE_MS = 300
_DEBOUNCE_IN_RUN_MS, _STEP_IN_RUN_MS = 60, 20
_MOST_S = 1.0
"""A folder of very many folders takes long to begin to watch; the command does not wait for that."""

_SETTLING_S = 0.1
"""Until what changed just before the end of a run is known."""


class Watcher:
    """Watches the files below ``root``, without those that tools keep there (caches, repositories, packages)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._last: set[str] = set()
        self._before: set[str] = set()

    @contextmanager
    def during_run(self) -> Iterator[None]:
        """Note what changes while a command runs."""
        changed: set[str] = set()
        begun, end = threading.Event(), threading.Event()

        def watch() -> None:
            batches = watchfiles.watch(
                self._root,
                debounce=_DEBOUNCE_IN_RUN_MS,
                step=_STEP_IN_RUN_MS,
                stop_event=end,
                rust_timeout=_STEP_IN_RUN_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            for changes in batches:
                begun.set()
                changed.update(path for _, path in changes if language_of(Path(path)) is not None)

        thread = threading.Thread(target=watch, name="watch", daemon=True)
        thread.start()
        begun.wait(_MOST_S)
        try:
            yield
            end.wait(_SETTLING_S)
        finally:
            end.set()
            thread.join()
            self._before, self._last = self._last, changed

    @property
    def missed(self) -> str | None:
        """A source file that changed in the last run; None where all of them changed in the run before, too.

        Such files the command writes itself: it would run for ever.
        """
        return min(self._last - self._before, default=None)

    async def next_change(self) -> str:
        """Return the path of the next file that changes."""
        changes = await anext(watchfiles.awatch(self._root, debounce=_DEBOUNCE_MS))
        _, path = min(changes)
        return path
