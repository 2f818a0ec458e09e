"""Go through the lines that may be wrong until a fix is found that makes the failed command succeed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.context import candidate_regions
from qwen_lsp.model import Located, Region
from qwen_lsp.repair.gaps import LineGap, line_gaps
from qwen_lsp.repair.guesses import Guess, guesses_of
from qwen_lsp.repair.ranking import rank
from qwen_lsp.repair.trial import Trial
from qwen_lsp.text import DocumentSource

MAX_LINES = 60
"""Lines tried: on two cores each costs about a second."""

_SAMPLES = 4
_TEMPERATURE = 0.6
_MAX_TOKENS = 64
_AT_ONCE = 16
"""Questions in flight: what the launcher's engine takes without queueing."""


class Searcher:
    """Searches for fixes of one failure."""

    def __init__(
        self, located: Located, roots: Sequence[Path], documents: DocumentSource, backend: ChatBackend, trial: Trial
    ) -> None:
        self._located = located
        self._roots = roots
        self._documents = documents
        self._backend = backend
        self._trial = trial

    async def search(self, on_progress: Callable[[int, int, int], None]) -> tuple[Guess, ...]:
        """Return the guesses with which the command succeeds, best first; none where none does.

        ``on_progress`` is told how many lines have been tried, of how many, and how many guesses succeeded so far.

        Raises:
            BackendError: the model's server answered nothing.
        """
        gaps = await asyncio.to_thread(self._gaps)
        slots = asyncio.Semaphore(_AT_ONCE)
        passing: list[Guess] = []
        errors: list[BackendError] = []
        done = 0

        async def try_line(line_gap: LineGap) -> None:
            nonlocal done
            try:
                async with slots:
                    written = await self._backend.infill(
                        line_gap.gap, samples=_SAMPLES, temperature=_TEMPERATURE, max_tokens=_MAX_TOKENS
                    )
            except BackendError as error:  # the other lines may do
                errors.append(error)
                return
            guesses = await asyncio.to_thread(guesses_of, line_gap, written, self._located.failure, self._documents)
            verdicts = await asyncio.gather(*(self._trial.passes(guess.fix) for guess in guesses))
            passing.extend(guess for guess, passes in zip(guesses, verdicts, strict=True) if passes)
            done += 1
            on_progress(done, len(gaps), len(passing))

        async with asyncio.TaskGroup() as group:
            for line_gap in gaps:
                group.create_task(try_line(line_gap))
        if errors and not done:
            raise errors[0]
        return tuple(sorted(passing, key=lambda guess: rank(guess, self._located)))

    def _gaps(self) -> list[LineGap]:
        regions: list[Region] = []
        snapshots = []
        for region in candidate_regions(self._located, self._roots, self._documents):
            snapshot = self._documents.read(region.path)
            if snapshot is not None:
                regions.append(region)
                snapshots.append(snapshot)
        return list(line_gaps(regions, snapshots, self._located.failure))[:MAX_LINES]
