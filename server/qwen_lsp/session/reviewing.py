"""The reviews of one editor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_lsp.session.board import Board
from qwen_lsp.session.documents import Documents
from qwen_lsp.session.running import Running

if TYPE_CHECKING:
    # Not at run time: see Session.
    from qwen_lsp.backend import ChatBackend
    from qwen_lsp.model import Review
    from qwen_lsp.review import ProgressSink, Reviewer, ReviewRequest


class Reviewing:
    """Reviews one file at a time and shows it on the board; ``configure`` comes before any review."""

    def __init__(self, documents: Documents, board: Board) -> None:
        self.running = Running()
        self._documents = documents
        self._board = board
        self._reviewer: Reviewer | None = None

    def configure(self, backend: ChatBackend) -> None:
        """Ask this backend from now on."""
        from qwen_lsp.review import Reviewer

        self._reviewer = Reviewer(self._documents, backend)

    async def review(
        self,
        request: ReviewRequest,
        on_shown: Callable[[frozenset[Path]], None],
        on_progress: ProgressSink,
        *,
        with_model: bool,
    ) -> Review:
        """Return the whole review, having shown first what needs no model; one that still runs is cancelled."""
        if self._reviewer is None:
            message = "a review was asked for before the server was initialized"
            raise RuntimeError(message)
        with self.running.only(), self._documents.remembering() as seen:
            review = await asyncio.to_thread(self._reviewer.check, request)
            on_shown(self._board.show_review(review, seen))
            if with_model:
                review = await self._reviewer.mend(review, on_progress)
                on_shown(self._board.show_review(review, seen))
            return review
