"""The state of one editor's connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_lsp.model import Diagnosis
from qwen_lsp.session.asking import Asking
from qwen_lsp.session.board import Board
from qwen_lsp.session.documents import Documents
from qwen_lsp.session.outcomes import Outcomes
from qwen_lsp.session.reviewing import Reviewing
from qwen_lsp.session.running import Running
from qwen_lsp.text import TextSnapshot

if TYPE_CHECKING:
    # Not at run time: importing the analysis takes a fifth of the time that `initialize` may take.
    from qwen_lsp.analysis import Analyzer, DiagnoseRequest, ProgressSink
    from qwen_lsp.backend import ChatBackend
    from qwen_lsp.rerun import Command
    from qwen_lsp.settings import Rerun

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
        self.reviewing = Reviewing(documents, self.board)
        self.outcomes = Outcomes(documents)
        self.diagnosis = Diagnosis()
        self.roots: tuple[Path, ...] = ()
        self._make_analyzer = make_analyzer
        self._analyzer: Analyzer | None = None
        self._rerun: Rerun = "off"
        self._untried: DiagnoseRequest | None = None
        self._running = Running()

    def configure(self, backend: ChatBackend, rerun: Rerun = "off") -> None:
        """Ask this backend from now on; ``rerun`` says whether fixes may be tried by running the failed command."""
        self._analyzer = self._make_analyzer(backend, self.documents)
        self._rerun = rerun
        self.asking.configure(backend)
        self.reviewing.configure(backend)

    @property
    def command(self) -> Command | None:
        """The command with which the present fixes can be tried; None where they have been, or may not be."""
        if self._analyzer is None or self._untried is None or self._rerun == "off":
            return None
        return self._analyzer.command(self._untried, self.diagnosis)

    async def diagnose(
        self,
        request: DiagnoseRequest,
        on_shown: Callable[[frozenset[Path]], None],
        on_progress: ProgressSink,
    ) -> Diagnosis:
        """Return the whole diagnosis, having shown on the board first what needs no model, then the rest.

        ``on_shown`` is told the files whose findings changed, each time. The calling task becomes the running
        diagnosis: a later call cancels it, as does ``stop``. What is on the board by then stays. Where the user has
        allowed that for good, the fixes are tried right away.
        """
        analyzer = self._configured()
        with self._running.only(), self.documents.remembering() as seen:
            self._untried = None
            located = await asyncio.to_thread(analyzer.locate, request)
            self._log("located", located)
            self.roots = request.roots
            self._show(located, seen, on_shown)
            if located.primary is None:
                return located
            diagnosis = await analyzer.explain(request, located, on_progress)
            self._log("explained", diagnosis)
            self._untried = request
            self._show(diagnosis, seen, on_shown)
            if self._rerun != "always" or self.command is None or diagnosis.backend_failed:
                return diagnosis
            return await self._try(analyzer, request, seen, on_shown, on_progress)

    async def try_fixes(self, on_shown: Callable[[frozenset[Path]], None], on_progress: ProgressSink) -> Diagnosis:
        """Return the present diagnosis with its fixes tried by running ``command``, and show it.

        A newer diagnosis cancels this, as does ``stop``.
        """
        analyzer, request = self._configured(), self._untried
        if request is None or self.command is None:
            return self.diagnosis
        with self._running.only(), self.documents.remembering() as seen:
            return await self._try(analyzer, request, seen, on_shown, on_progress)

    async def _try(
        self,
        analyzer: Analyzer,
        request: DiagnoseRequest,
        seen: Mapping[Path, TextSnapshot],
        on_shown: Callable[[frozenset[Path]], None],
        on_progress: ProgressSink,
    ) -> Diagnosis:
        diagnosis = await analyzer.try_fixes(request, self.diagnosis, on_progress)
        self._log("tried", diagnosis)
        self._untried = None
        self._show(diagnosis, seen, on_shown)
        return diagnosis

    def _configured(self) -> Analyzer:
        if self._analyzer is None:
            message = "a diagnosis was asked for before the server was initialized"
            raise RuntimeError(message)
        return self._analyzer

    def _show(
        self,
        diagnosis: Diagnosis,
        seen: Mapping[Path, TextSnapshot],
        on_shown: Callable[[frozenset[Path]], None],
    ) -> None:
        self.diagnosis = diagnosis
        on_shown(self.board.show(diagnosis, seen))
        self.outcomes.watch(diagnosis, self.board.diagnosed)

    async def clear(self) -> frozenset[Path]:
        """Forget diagnosis and reviews, also those that are being made; return the files whose findings changed."""
        # What is still being found out would show up right after.
        await self._running.stop()
        await self.reviewing.running.stop()
        self.diagnosis = Diagnosis()
        self._untried = None
        return self.board.clear()

    async def stop(self) -> None:
        """Cancel what runs and wait until the requests for it have been answered, a second at most."""
        await self._running.stop()
        await self.asking.running.stop()
        await self.reviewing.running.stop()

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
