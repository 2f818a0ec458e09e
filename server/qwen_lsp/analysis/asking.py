"""What the model is asked about one failure."""

from __future__ import annotations

from pathlib import Path

from qwen_lsp.analysis.request import DiagnoseRequest, ProgressSink, Stage
from qwen_lsp.backend import ChatBackend
from qwen_lsp.model import Located, Remark
from qwen_lsp.prompting import why_prompt
from qwen_lsp.repair import Drafter, Guess, Question, cause_of, question_about
from qwen_lsp.text import DocumentSource

_MAX_WHY_TOKENS = 120


class Asker:
    """Asks about the failure ``primary`` and tells ``on_progress`` how far the answer is.

    ``remark`` is the mistake that led to it, where that is known.
    """

    def __init__(
        self,
        request: DiagnoseRequest,
        primary: Located,
        documents: DocumentSource,
        backend: ChatBackend,
        on_progress: ProgressSink,
        remark: Remark | None = None,
    ) -> None:
        self.backend = backend
        self.documents = documents
        self.primary = primary
        self.remark = remark
        self.on_progress = on_progress
        self.roots: tuple[Path, ...] = request.roots

    async def question(self) -> Question:
        """Return what to ask; see ``question_about``."""
        return await question_about(self.primary, self.roots, self.documents, self.backend, self._on_wait, self.remark)

    def drafter(self, question: Question) -> Drafter:
        """Return who asks ``question`` and judges the answers."""
        return Drafter(
            self.primary,
            question.context,
            self.documents,
            self.backend,
            on_text=self._on_text,
            on_wait=self._on_wait,
            on_checking=lambda: self.on_progress(Stage.CHECKING, ""),
        )

    async def why(self, guess: Guess) -> str:
        """Return the model's words for what is wrong with the line that ``guess`` mends."""
        gap = guess.line_gap
        completion = await self.backend.complete(
            why_prompt(self.primary, gap.region, gap.line, (gap.old.strip(), guess.new.strip()), self.roots),
            max_tokens=_MAX_WHY_TOKENS,
            on_text=self._on_text,
            on_wait=self._on_wait,
        )
        return cause_of(completion.text)

    def _on_text(self, text: str) -> None:
        self.on_progress(Stage.ASKING, text)

    def _on_wait(self, words: str) -> None:
        self.on_progress(Stage.STARTING, words)
