"""Progress of what takes long: its stages, and the text that is being written."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import Future
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from lsprotocol import types

from qwen_lsp.features.connection import Connection
from qwen_lsp.messages import say

_REPORT_PAUSE_S = 0.2
_PARTIAL_PAUSE_S = 0.1
_TAIL_CHARACTERS = 80


class WorkDone:
    """A context in which stages are reported, with the client's token or else one the server creates.

    ``title`` is for the user. A client that has neither hears nothing. When the user cancels it, the task that entered
    the context is cancelled.
    """

    def __init__(self, connection: Connection, token: str | int | None, title: str) -> None:
        self._title = title
        self._progress = connection.server.work_done_progress
        self._connection = connection
        self._token = token
        self._task: asyncio.Task[Any] | None = None
        self._begun = False
        self._ended = False
        self._stage: StrEnum | None = None
        self._reported_s = 0.0

    def __enter__(self) -> Self:
        self._task = asyncio.current_task()
        if self._token is not None:
            self._begin()
        elif self._connection.features.created_progress:
            self._token = str(uuid.uuid4())
            created = self._connection.server.window_work_done_progress_create(
                types.WorkDoneProgressCreateParams(self._token)
            )
            # The diagnosis does not wait for the client's answer.
            created.add_done_callback(self._created)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended = True
        if self._begun and self._token is not None:
            self._progress.tokens.pop(self._token, None)
            self._progress.end(self._token, types.WorkDoneProgressEnd())

    def report(self, stage: StrEnum, detail: str) -> None:
        """Tell the stage, and of a reply that is being written the newest words; about five times a second."""
        if not self._begun or self._ended or self._token is None:
            return
        now_s = asyncio.get_running_loop().time()
        if stage is self._stage and now_s - self._reported_s < _REPORT_PAUSE_S:
            return
        self._stage, self._reported_s = stage, now_s
        words = " ".join(detail.split())
        if len(words) > _TAIL_CHARACTERS:
            words = "…" + words[-_TAIL_CHARACTERS:]
        name = say(stage.value)
        message = f"{name}: {words}" if words else name
        self._progress.report(self._token, types.WorkDoneProgressReport(message=message))

    def _created(self, answer: Future[None]) -> None:
        if not answer.cancelled() and answer.exception() is None and not self._ended:
            self._begin()

    def _begin(self) -> None:
        if self._token is None:
            return
        self._begun = True
        self._progress.begin(
            self._token,
            types.WorkDoneProgressBegin(self._title, cancellable=True),
        )
        # pygls cancels this future when the client sends window/workDoneProgress/cancel.
        self._progress.tokens[self._token].add_done_callback(self._cancelled)

    def _cancelled(self, _token: Future[Any]) -> None:
        if self._task is not None and not self._ended:
            self._task.cancel()


class PartialText:
    """Sends a text as it grows, whole each time, to the client's ``partialResultToken``; nothing without one."""

    def __init__(self, connection: Connection, token: str | int | None) -> None:
        self._server = connection.server
        self._token = token
        self._sent_s = 0.0

    def send(self, text: str) -> None:
        """Send the text so far, about ten times a second."""
        now_s = asyncio.get_running_loop().time()
        if self._token is None or now_s - self._sent_s < _PARTIAL_PAUSE_S:
            return
        self._sent_s = now_s
        self._server.progress(types.ProgressParams(self._token, {"text": text}))
