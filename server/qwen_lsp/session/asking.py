"""The conversations of one editor."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_lsp.model import Diagnosis, Region
from qwen_lsp.session.running import Running
from qwen_lsp.text import DocumentSource

if TYPE_CHECKING:
    # Not at run time: see Session.
    from qwen_lsp.backend import ChatBackend
    from qwen_lsp.conversation import Answer, Answerer, Conversation, ProgressSink
    from qwen_lsp.prompting import Role

_MAX_CONVERSATIONS = 16
"""A conversation that nobody went on with for so many others is forgotten."""


class UnknownConversationError(Exception):
    """A conversation that this process does not hold (any more); the message says what to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the user. ``conversation`` None begins one, about ``selection`` or else the diagnosis.

    In a conversation that has begun, ``selection`` is added to the question. ``role`` None keeps the conversation's.
    """

    text: str
    role: Role | None
    selection: Region | None = None
    conversation: str | None = None


class Asking:
    """Holds what was said; ``configure`` comes before any question, and one question is answered at a time."""

    def __init__(self, documents: DocumentSource) -> None:
        self.running = Running()
        self._documents = documents
        self._answerer: Answerer | None = None
        self._conversations: dict[str, Conversation] = {}

    def configure(self, backend: ChatBackend) -> None:
        """Ask this backend from now on."""
        from qwen_lsp.conversation import Answerer

        self._answerer = Answerer(self._documents, backend)

    async def ask(
        self, question: Question, diagnosis: Diagnosis, roots: Sequence[Path], on_progress: ProgressSink
    ) -> tuple[str, Answer]:
        """Return the conversation's id and the answer; an earlier question that is still being answered is cancelled.

        Raises:
            UnknownConversationError: the question names a conversation that is not held.
        """
        if self._answerer is None:
            message = "a question was asked before the server was initialized"
            raise RuntimeError(message)
        conversation_id = question.conversation or uuid.uuid4().hex
        held = None if question.conversation is None else self._held(question.conversation)
        with self.running.only():
            if held is None:
                conversation, words = await self._begun(question, diagnosis, roots, self._answerer), question.text
            else:
                conversation = replace(held, role=question.role or held.role)
                words = "\n\n".join((*_selected(question, roots), question.text))
            answer = await self._answerer.answer(conversation, words, on_progress)
            self._conversations.pop(conversation_id, None)
            self._conversations[conversation_id] = answer.conversation
            while len(self._conversations) > _MAX_CONVERSATIONS:
                del self._conversations[next(iter(self._conversations))]
            return conversation_id, answer

    @staticmethod
    async def _begun(
        question: Question, diagnosis: Diagnosis, roots: Sequence[Path], answerer: Answerer
    ) -> Conversation:
        from qwen_lsp.conversation import Conversation  # not at start: see Session

        if question.role is None:
            message = "the first question of a conversation needs a role"
            raise ValueError(message)
        selected = "".join(_selected(question, roots))
        return Conversation(question.role, selected or await asyncio.to_thread(answerer.about, diagnosis, roots))

    def _held(self, conversation_id: str) -> Conversation:
        try:
            return self._conversations[conversation_id]
        except KeyError:
            message = f"the conversation {conversation_id!r} is not known (any more); leave it out to begin another one"
            raise UnknownConversationError(message) from None


def _selected(question: Question, roots: Sequence[Path]) -> list[str]:
    from qwen_lsp.prompting import about_selection  # not at start: see Session

    return [] if question.selection is None else [about_selection(question.selection, roots)]
