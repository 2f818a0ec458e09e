"""Judge fixes by running the failed command with them, in a copy of the workspace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from qwen_lsp.fixes import apply_fix
from qwen_lsp.logparse import parse_log
from qwen_lsp.model import CheckedFix, Failure
from qwen_lsp.rerun import CannotRerunError, Command, Limits, Outcome, rerun
from qwen_lsp.text import DocumentSource
from qwen_lsp.workspace import content_of

_MIN_LIMIT_S, _MAX_LIMIT_S = 15.0, 60.0
_SLOWER = 3.0
"""How many times longer than the failing run a fixed one may take: it goes on where the other one stopped."""

_AT_ONCE = 2
"""More would only take time from each other, and from the model, on a small machine."""


class Trial:
    """One failed command and the fixes tried with it; each resulting program is run once."""

    def __init__(self, command: Command, roots: Sequence[Path], documents: DocumentSource) -> None:
        self.command = command
        self._roots = roots
        self._documents = documents
        self._limit_s = _MAX_LIMIT_S
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._verdicts: dict[tuple[tuple[Path, bytes], ...], asyncio.Task[Outcome]] = {}

    async def reproduces(self, failure: Failure) -> str | None:
        """Return None where the command fails again in the same way, else why it cannot judge fixes of ``failure``."""
        started = time.perf_counter()
        try:
            outcome = await self._run({})
        except CannotRerunError as error:
            return str(error)
        if outcome.exit_code is None:
            return f"it did not end within {_MAX_LIMIT_S:g} s"
        if outcome.passes:
            return "it succeeds now"
        again = [one.exception_type for one in parse_log(outcome.output).failures]
        if failure.exception_type not in again:
            return f"it fails in another way ({', '.join(dict.fromkeys(again)) or f'exit code {outcome.exit_code}'})"
        self._limit_s = min(_MAX_LIMIT_S, max(_MIN_LIMIT_S, _SLOWER * (time.perf_counter() - started)))
        return None

    async def passes(self, fix: CheckedFix) -> bool:
        """Return whether the command succeeds with ``fix``."""
        outcome = await self.outcome(fix)
        return outcome is not None and outcome.passes

    async def outcome(self, fix: CheckedFix) -> Outcome | None:
        """Return how the command ends with ``fix``; None where it cannot be run."""
        changes = {
            snapshot.path: content_of(snapshot, text)
            for snapshot, text in await asyncio.to_thread(apply_fix, fix, self._documents)
        }
        key = tuple(sorted(changes.items()))
        if key not in self._verdicts:
            self._verdicts[key] = asyncio.create_task(self._run(changes))
        try:
            return await self._verdicts[key]
        except CannotRerunError:
            return None

    async def stop(self) -> None:
        """End what still runs."""
        running = [task for task in self._verdicts.values() if not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, changes: Mapping[Path, bytes]) -> Outcome:
        async with self._slots:
            return await rerun(self.command, self._roots, changes, Limits(self._limit_s))
