"""Go through the lines that may be wrong until a fix is found that makes the failed command succeed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.context import candidate_regions
from qwen_lsp.model import Located, Region, Remark, TextEdit
from qwen_lsp.repair.gaps import LineGap, line_gaps
from qwen_lsp.repair.guesses import Guess, confirmed, guesses_of, with_fix
from qwen_lsp.repair.ranking import is_doubtful, is_possible, is_sure, may_be_at_fault, rank
from qwen_lsp.repair.shrinking import smallest
from qwen_lsp.repair.surroundings import surroundings_of
from qwen_lsp.repair.suspicion import most_suspicious_first
from qwen_lsp.repair.trial import Trial
from qwen_lsp.text import DocumentSource

MAX_LINES = 60
"""Lines tried: on two cores each costs about a second."""


@dataclass(frozen=True)
class _Round:
    """How many lines are tried, samples for each, their temperature, and whether the model sees the surroundings."""

    lines: int
    samples: int
    temperature: float
    has_surroundings: bool


_ROUNDS = (
    _Round(MAX_LINES, 1, 0.0, has_surroundings=False),
    _Round(16, 2, 0.8, has_surroundings=False),
    _Round(16, 2, 0.8, has_surroundings=True),
)
"""First what the model finds likeliest, then, for the most suspicious lines, what else it thinks of, and what it thinks
of having seen more. Of 69 faults 66 were in the first 16 lines."""

_MAX_FOUND = 3
"""The first is most often the right one, and a longer list is not read."""

_MAX_TOKENS = 64
_MAX_CHARACTERS = 12_000
"""Of the code around a line: it is read again for each line that is tried."""

_AT_ONCE = 16
"""Questions in flight: what the launcher's engine takes without queueing."""


class Searcher:
    """Searches for fixes of one failure; ``remark`` is the mistake that led to it, where that is known."""

    def __init__(
        self,
        located: Located,
        roots: Sequence[Path],
        documents: DocumentSource,
        backend: ChatBackend,
        trial: Trial,
        remark: Remark | None = None,
    ) -> None:
        self._located = located
        self._roots = roots
        self._documents = documents
        self._backend = backend
        self._trial = trial
        self._remark = remark

    async def search(self, on_progress: Callable[[int, int, int], None]) -> tuple[Guess, ...]:
        """Return the guesses with which the command succeeds, best first; none where none does.

        At most three, without what of them is not needed; those in doubt only where there are no others.

        The search ends when one is found that is as likely as only right ones have been.

        ``on_progress`` is told how many lines have been tried, of how many, and how many guesses succeeded so far.

        Raises:
            BackendError: the model's server answered nothing.
        """
        gaps = await asyncio.to_thread(gaps_to_try, self._located, self._roots, self._documents)
        if self._remark is not None:
            fault = (self._remark.path, self._remark.range.start.line)
            gaps.sort(key=lambda gap: (gap.region.path, gap.line) != fault)
        passing: dict[tuple[TextEdit, ...], Guess] = {}
        tried = 0

        def found(guesses: Sequence[Guess]) -> bool:
            nonlocal tried
            tried += 1
            for guess in filter(is_possible, guesses):
                known = passing.get(guess.fix.edits)
                if known is None or guess.logprob > known.logprob:
                    passing[guess.fix.edits] = guess
            on_progress(tried, sum(min(len(gaps), one.lines) for one in _ROUNDS), len(passing))
            return any(map(is_sure, passing.values()))

        for one in _ROUNDS:
            if await self._round(one, gaps[: one.lines], found):
                break
        convincing = [guess for guess in passing.values() if not is_doubtful(guess)]
        best = sorted(convincing or passing.values(), key=rank)[:_MAX_FOUND]
        return tuple(sorted([await self._shrunk(guess) for guess in best], key=rank))

    async def _passing(self, guess: Guess) -> Guess | None:
        """Return ``guess`` with all checks passed, None where the command fails with it or they do."""
        if not await self._trial.passes(guess.fix):
            return None
        return await asyncio.to_thread(confirmed, guess, self._located.failure, self._documents)

    async def _shrunk(self, guess: Guess) -> Guess:
        """Return ``guess`` without what of it is not needed."""
        fix = await smallest(guess.fix, self._located.failure, self._documents, self._trial)
        return with_fix(guess, fix, self._documents) if fix is not guess.fix else guess

    async def _round(self, one: _Round, gaps: Sequence[LineGap], found: Callable[[Sequence[Guess]], bool]) -> bool:
        """Try every line of ``gaps``; return whether ``found``, told what worked of each, said that this is enough."""
        surroundings = None
        if one.has_surroundings:
            surroundings = await asyncio.to_thread(surroundings_of, self._located, self._roots, self._documents)
        slots = asyncio.Semaphore(_AT_ONCE)
        enough = asyncio.Event()
        errors: list[BackendError] = []

        async def try_line(line_gap: LineGap) -> None:
            try:
                async with slots:
                    written = await self._backend.infill(
                        surroundings.around(line_gap) if surroundings is not None else line_gap.gap,
                        samples=one.samples,
                        temperature=one.temperature,
                        max_tokens=_MAX_TOKENS,
                    )
            except BackendError as error:  # the other lines may do
                errors.append(error)
                return
            guesses = await asyncio.to_thread(guesses_of, line_gap, written, self._located.failure, self._documents)
            tried = await asyncio.gather(*(self._passing(guess) for guess in guesses))
            if found([guess for guess in tried if guess is not None]):
                enough.set()

        async def try_all() -> None:
            async with asyncio.TaskGroup() as group:
                for line_gap in gaps:
                    group.create_task(try_line(line_gap))

        everything, watching = asyncio.create_task(try_all()), asyncio.create_task(enough.wait())
        try:
            await asyncio.wait({everything, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            everything.cancel()
            await asyncio.wait({everything})
        if not everything.cancelled():
            everything.result()
        if errors and len(errors) == len(gaps):
            raise errors[0]
        return enough.is_set()


def gaps_to_try(located: Located, roots: Sequence[Path], documents: DocumentSource) -> list[LineGap]:
    """Return the lines that the search goes through, most likely wrong first."""
    regions: list[Region] = []
    snapshots = []
    for region in candidate_regions(located, roots, documents):
        snapshot = documents.read(region.path)
        if snapshot is None or len(region.text) > _MAX_CHARACTERS:
            continue
        if may_be_at_fault(region.path, located):
            regions.append(region)
            snapshots.append(snapshot)
    gaps = list(line_gaps(regions, snapshots, located))
    return most_suspicious_first(gaps, located, documents)[:MAX_LINES]
