"""qwen-lsp itself."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.failures import FailureCase, argv_of

from bench.ways.attempt import Attempt, Way
from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import Diagnosis
from qwen_lsp.rerun import Command
from qwen_lsp.workspace import DiskDocuments, write_texts


class Qwen(Way):
    """The first fix that a diagnosis offers."""

    def __init__(self, backend: OpenAIBackend) -> None:
        super().__init__(backend)
        self._documents = DiskDocuments()
        self._analyzer = Analyzer(self._documents, backend)

    async def attempt(self, case: FailureCase, workspace: Path, log: str) -> Attempt:
        """Fix the program in ``workspace``, which failed with ``log``."""
        request = DiagnoseRequest(log=log, roots=(workspace,), cwd=workspace, command=Command(argv_of(case), workspace))
        started = time.perf_counter()
        located = self._analyzer.locate(request)
        crash = located.primary.crash if located.primary else None
        diagnosis = await self._diagnosis(request, located)
        seconds = time.perf_counter() - started
        if diagnosis.backend_failed:
            sys.exit(f"bench: {diagnosis.problems[-1]}")
        if diagnosis.fixes:
            write_texts(apply_fix(diagnosis.fixes[0], self._documents))
        cause, first_token_ms = diagnosis.root_cause, diagnosis.timing.first_token_ms
        return Attempt(
            seconds=seconds,
            first_token_s=None if first_token_ms is None else first_token_ms / 1000,
            cause=None if cause is None else (cause.path.relative_to(workspace).as_posix(), cause.range.start.line + 1),
            rung=diagnosis.fixes[0].rung.label if diagnosis.fixes else "",
            reply=cause.explanation if cause else "",
            problems=diagnosis.problems,
            candidates=len(diagnosis.fixes),
            is_crash_right=crash is not None
            and crash.path == workspace / case.crash_path
            and crash.range is not None
            and crash.range.start.line + 1 == case.crash_line,
        )

    async def _diagnosis(self, request: DiagnoseRequest, located: Diagnosis) -> Diagnosis:
        return await self._analyzer.explain(request, located, lambda *_: None)


class Rerunning(Qwen):
    """The first fix once fixes have been tried with the failed command, and searched for where none worked."""

    async def _diagnosis(self, request: DiagnoseRequest, located: Diagnosis) -> Diagnosis:
        explained = await super()._diagnosis(request, located)
        return await self._analyzer.try_fixes(request, explained, lambda *_: None)
