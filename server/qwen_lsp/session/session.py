"""The state of one editor's connection, and the rule that one diagnosis is made at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_lsp.model import Diagnosis
from qwen_lsp.session.board import Board
from qwen_lsp.session.documents import Documents

if TYPE_CHECKING:
    # Not at run time: importing the analysis takes a fifth of the time that `initialize` may take.
    from qwen_lsp.analysis import Analyzer, DiagnoseRequest, ProgressSink
    from qwen_lsp.backend import ChatBackend

_logger = logging.getLogger(__name__)

_CLEAN_UP_S = 1.0

AnalyzerFactory = Callable[["ChatBackend", Documents], "Analyzer"]


class Session:
    """Open documents, what is shown, and the diagnosis being made; ``configure`` comes before any diagnosis."""

    def __init__(self, documents: Documents, make_analyzer: AnalyzerFactory) -> None:
        self.documents = documents
        self.board = Board(documents)
        self._make_analyzer = make_analyzer
        self._analyzer: Analyzer | None = None
        self._running: asyncio.Task[object] | None = None

    def configure(self, backend: ChatBackend) -> None:
        """Ask this backend from now on."""
        self._analyzer = self._make_analyzer(backend, self.documents)

    async def diagnose(
        self,
        request: DiagnoseRequest,
        on_shown: Callable[[frozenset[Path]], None],
        on_progress: ProgressSink,
    ) -> Diagnosis:
        """Return the whole diagnosis, having shown on the board first what needs no model, then the rest.

        ``on_shown`` is told the files whose findings changed, each time. The calling task becomes the running
        diagnosis: a later call cancels it, as does ``stop``. What is on the board by then stays.
        """
        if self._analyzer is None:
            message = "a diagnosis was asked for before the server was initialized"
            raise RuntimeError(message)
        self._cancel_running()
        task = asyncio.current_task()
        self._running = task
        try:
            with self.documents.remembering() as seen:
                located = await asyncio.to_thread(self._analyzer.locate, request)
                self._log("located", located)
                on_shown(self.board.show(located, seen))
                if located.primary is None:
                    return located
                diagnosis = await self._analyzer.explain(request, located, on_progress)
                self._log("explained", diagnosis)
                on_shown(self.board.show(diagnosis, seen))
                return diagnosis
        finally:
            if self._running is task:
                self._running = None

    async def stop(self) -> None:
        """Cancel the running diagnosis and wait until its request has been answered, ``_CLEAN_UP_S`` at most."""
        running = self._running
        if running is not None:
            running.cancel()
            await asyncio.wait([running], timeout=_CLEAN_UP_S)

    def _cancel_running(self) -> None:
        if self._running is not None:
            self._running.cancel()

    @staticmethod
    def _log(step: str, diagnosis: Diagnosis) -> None:
        timing = diagnosis.timing
        _logger.info(
            "%s: %d failures, %d fixes, backend failed: %s, first token %.0f ms, total %.0f ms",
            step,
            len(diagnosis.located),
            len(diagnosis.fixes),
            diagnosis.backend_failed,
            timing.first_token_ms or 0,
            timing.total_ms or 0,
        )
