"""The backend's state for the client: told on each change, asked for, and changed by the user's command."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams, JsonRpcRequestCancelled

from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import command, request

if TYPE_CHECKING:
    from qwen_lsp.backend import ChatBackend, OpenAIBackend, State
    from qwen_lsp.settings import Settings

STATE = "qwen/backendState"
COMMAND = "qwen.backend"
ACTIONS = ("start", "stop", "status", "promote", "rollback")

_CLEAN_UP_S = 1.0


def register(connection: Connection) -> None:
    """Register the handlers of this module."""

    @request(connection, STATE)
    async def backend_state(_params: Any) -> State:
        return await _status(connection).ask("status")

    @command(connection, COMMAND)
    async def backend_command(*arguments: Any) -> State:
        if len(arguments) != 1 or arguments[0] not in ACTIONS:
            message = f"{COMMAND} takes one argument, one of {', '.join(ACTIONS)}, not {list(arguments)!r}"
            raise JsonRpcInvalidParams(message)
        return await _status(connection).ask(arguments[0])


def configure(connection: Connection, settings: Settings) -> ChatBackend:
    """Return the backend that the settings ask for; its state is told to the client from now on."""
    from qwen_lsp.backend import OpenAIBackend  # not at start: see Session

    backend = OpenAIBackend(settings.backend, redacts=settings.redact)
    connection.backend = BackendStatus(connection, backend)
    return backend


class BackendStatus:
    """Tells the client the state of its backend, and holds the lease on it."""

    def __init__(self, connection: Connection, backend: OpenAIBackend) -> None:
        self._connection = connection
        self._settings = backend.settings
        self._supervisor = backend.supervisor
        self._asking: set[asyncio.Task[Any]] = set()
        if self._supervisor is not None:
            if connection.features.backend_states:
                self._supervisor.listeners.append(self._tell)
            if self._supervisor.auto_start:
                self._supervisor.keep_lease()

    async def ask(self, action: str) -> State:
        """Return the state after one of ``ACTIONS``; what goes wrong is shown to the user.

        A request that is cancelled, also by ``close``, is answered with RequestCancelled.
        """
        task = asyncio.current_task()
        if task is not None:
            self._asking.add(task)
        try:
            return await self._ask(action)
        except asyncio.CancelledError:
            # Converted, because pygls never answers a command whose task ends as cancelled.
            message = f"{action} was cancelled; the backend may go on with it"
            raise JsonRpcRequestCancelled(message) from None
        finally:
            self._asking -= {task}

    async def close(self) -> None:
        """Give up the lease; requests in progress are answered before, within ``_CLEAN_UP_S``."""
        asking = list(self._asking)
        for task in asking:
            task.cancel()
        if asking:
            await asyncio.wait(asking, timeout=_CLEAN_UP_S)
        if self._supervisor is not None:
            await self._supervisor.close()

    async def _ask(self, action: str) -> State:
        from qwen_lsp.backend import OFF, BackendError

        if self._supervisor is None:
            if action != "status":
                self._connection.warn(
                    f"qwen-lsp neither starts nor stops the server at {self._settings.base_url}, which backend.baseUrl "
                    f"(QWEN_LSP_BASE_URL) names; unset that to use the backend of this machine."
                )
            detail = f"the server at {self._settings.base_url}, which is not watched"
            return {**OFF, "state": "ready", "detail": detail, "model": self._settings.model}
        try:
            return await (self._supervisor.status() if action == "status" else self._supervisor.command(action))
        except BackendError as error:
            self._connection.warn(str(error))
            return self._supervisor.state

    def _tell(self, state: State) -> None:
        self._connection.server.protocol.notify(STATE, state)


def _status(connection: Connection) -> BackendStatus:
    if connection.backend is None:
        message = "the backend was asked for before the server was initialized"
        raise RuntimeError(message)
    return connection.backend
