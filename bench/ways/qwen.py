"""qwen-lsp itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.failures import FailureCase, argv_of

from bench.ways.attempt import Attempt, Offer, Way
from bench.ways.meter import Meter
from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import BackendError
from qwen_lsp.context import candidate_regions
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import CheckedFix, Diagnosis
from qwen_lsp.rerun import Command
from qwen_lsp.workspace import DiskDocuments, content_of

SAMPLES = 8
_TEMPERATURE = 0.7


class Qwen(Way):
    """One diagnosis: "qwen" is the first draft, "rerun" what trying fixes and searching makes of it."""

    async def attempts(self, case: FailureCase, workspace: Path, log: str) -> dict[str, Attempt]:
        """Return what became of the program in ``workspace``, which failed with ``log``."""
        run = _Run(case, workspace, log, Meter(self.backend))
        located = run.analyzer.locate(run.request)
        located_at = time.perf_counter()
        explained = await run.analyzer.explain(run.request, located, lambda *_: None)
        checked_at = located_at if located.fixes else time.perf_counter()
        found = {"qwen": run.attempt(explained, located, checked_at)}
        if "rerun" in self.names:
            tried = await run.analyzer.try_fixes(run.request, explained, lambda *_: None)
            found["rerun"] = run.attempt(tried, located, checked_at if explained.fixes else time.perf_counter())
        return {name: attempt for name, attempt in found.items() if name in self.names}


class Sampling(Way):
    """Eight drafts by chance instead of the likeliest one: what a judge who always chose the right one could reach."""

    async def attempts(self, case: FailureCase, workspace: Path, log: str) -> dict[str, Attempt]:
        """Return what became of the program in ``workspace``, which failed with ``log``."""
        run = _Run(case, workspace, log, Meter(self.backend, _TEMPERATURE))
        located = run.analyzer.locate(run.request)
        drafts = (run.analyzer.explain(run.request, located, lambda *_: None) for _ in range(SAMPLES))
        diagnoses = await asyncio.gather(*drafts)
        attempts = [run.attempt(one, located, time.perf_counter()) for one in diagnoses]
        offers = {tuple(sorted(offer.contents.items())): offer for one in attempts for offer in one.offers}
        (name,) = self.names
        return {name: Attempt(tuple(offers.values()), attempts[-1].seconds, reply=attempts[0].reply)}


@dataclass
class _Run:
    case: FailureCase
    workspace: Path
    log: str
    meter: Meter

    def __post_init__(self) -> None:
        self.documents = DiskDocuments()
        self.analyzer = Analyzer(self.documents, self.meter)
        self.request = DiagnoseRequest(
            log=self.log,
            roots=(self.workspace,),
            cwd=self.workspace,
            command=Command(argv_of(self.case), self.workspace),
        )
        self.meter.watch_reruns()
        self.started = time.perf_counter()

    def attempt(self, diagnosis: Diagnosis, located: Diagnosis, checked_at: float) -> Attempt:
        """Return what ``diagnosis`` offers by now; ``located`` is what was known without the model."""
        now = time.perf_counter()
        if diagnosis.backend_failed:
            raise BackendError(diagnosis.problems[-1])
        program = argv_of(self.case)[0]
        cause, first_token_ms = diagnosis.root_cause, diagnosis.timing.first_token_ms
        prompt_tokens, completion_tokens = self.meter.tokens or (None, None)
        return Attempt(
            offers=tuple(self._offers(diagnosis.fixes, located.fixes)),
            seconds=now - self.started,
            checked_s=checked_at - self.started if diagnosis.fixes else None,
            first_token_s=None if first_token_ms is None else first_token_ms / 1000,
            overhead_s=self.meter.overhead_s(self.started, now),
            reruns_s=self.meter.reruns_s(self.started, now),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cause=None if cause is None else (self._name(cause.path), cause.range.start.line + 1),
            reply=cause.explanation if cause else "",
            # Outcomes are kept: where this machine has its interpreter says nothing to others.
            problems=tuple(one.replace(program, Path(program).name) for one in diagnosis.problems),
            is_crash_right=self._is_crash_right(located),
            is_fault_candidate=self._is_fault_candidate(located),
        )

    def _offers(self, fixes: Iterable[CheckedFix], certain: Sequence[CheckedFix]) -> Iterable[Offer]:
        for fix in fixes:
            changed = apply_fix(fix, self.documents)
            lines = {snapshot.path: snapshot.lines for snapshot, _ in changed}
            is_certain = any(fix.edits == one.edits for one in certain)  # found without the model
            yield Offer(
                {self._name(snapshot.path): content_of(snapshot, text) for snapshot, text in changed},
                applies=all(edit.range.end.line <= len(lines.get(edit.path, ())) for edit in fix.edits),
                rung=fix.rung.label,
                is_labelled=fix.hides_error,
                is_within_sent=None
                if is_certain
                else all(self.meter.has_sent(edit, lines.get(edit.path, ())) for edit in fix.edits),
            )

    def _is_crash_right(self, located: Diagnosis) -> bool:
        crash = located.primary.crash if located.primary else None
        return (
            crash is not None
            and crash.path == self.workspace / self.case.crash_path
            and crash.range is not None
            and crash.range.start.line + 1 == self.case.crash_line
        )

    def _is_fault_candidate(self, located: Diagnosis) -> bool:
        """Return whether the wrong statement begins in a region that a search may go through."""
        if located.primary is None:
            return False
        regions = candidate_regions(located.primary, self.request.roots, self.documents)
        path, line = self.workspace / self.case.fault_path, self.case.fault_lines[0] - 1
        return any(one.path == path and one.start_line <= line < one.end_line for one in regions)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.workspace).as_posix()
