"""The state of one editor's connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_lsp.model import Diagnosis
from qwen_lsp.session.asking import Asking
from qwen_lsp.session.board import Board
from qwen_lsp.session.documents import Documents
from qwen_lsp.session.outcomes import Outcomes
from qwen_lsp.session.running import Running

if TYPE_CHECKING:
    # Not at run time: importing the analysis takes a fifth of the time that `initialize` may take.
    from qwen_lsp.analysis import Analyzer, DiagnoseRequest, ProgressSink
    from qwen_lsp.backend import ChatBackend

_logger = logging.getLogger(__name__)

AnalyzerFactory = Callable[["ChatBackend", Documents], "Analyzer"]


class Session:
    """Open documents, what is shown, the diagnosis being made, and the conversations.

    ``configure`` comes before any diagnosis. ``diagnosis`` is the newest one as far as it is known by now, made for the
    workspace folders ``roots``.
    """

    def __init__(self, documents: Documents, make_analyzer: AnalyzerFactory) -> None:
        self.documents = documents
        self.board = Board(documents)
        self.asking = Asking(documents)
        self.outcomes = Outcomes(documents)
        self.diagnosis = Diagnosis()
        self.roots: tuple[Path, ...] = ()
        self._make_analyzer = make_analyzer
        self._analyzer: Analyzer | None = None
        self._running = Running()

    def configure(self, backend: ChatBackend) -> None:
        """Ask this backend from now on."""
        self._analyzer = self._make_analyzer(backend, self.documents)
        self.asking.configure(backend)

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
        with self._running.only(), self.documents.remembering() as seen:
            located = await asyncio.to_thread(self._analyzer.locate, request)
            self._log("located", located)
            self.diagnosis, self.roots = located, request.roots
            on_shown(self.board.show(located, seen))
            self.outcomes.watch(located, self.board.diagnosed)
            if located.primary is None:
                return located
            diagnosis = await self._analyzer.explain(request, located, on_progress)
            self._log("explained", diagnosis)
            self.diagnosis = diagnosis
            on_shown(self.board.show(diagnosis, seen))
            self.outcomes.watch(diagnosis, self.board.diagnosed)
            return diagnosis

    async def clear(self) -> frozenset[Path]:
        """Forget the diagnosis, also one that is being made; return the files whose findings changed."""
        # What is still being found out would show up right after.
        await self._running.stop()
        self.diagnosis = Diagnosis()
        return self.board.clear()

    async def stop(self) -> None:
        """Cancel what runs and wait until the requests for it have been answered, a second at most."""
        await self._running.stop()
        await self.asking.running.stop()

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
