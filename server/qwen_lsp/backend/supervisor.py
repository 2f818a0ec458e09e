"""The launcher's backend, reached through its supervisor (docs/protocol.md, "Supervisor")."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from qwen_lsp import __version__
from qwen_lsp.backend.control import ControlConnection, State
from qwen_lsp.backend.endpoint import Endpoint, is_url
from qwen_lsp.backend.errors import BackendUnavailableError, SupervisorLostError
from qwen_lsp.backend.starting import connect_or_start, control_socket

OFF: State = {
    "state": "off",
    "detail": "",
    "percent": None,
    "reason": None,
    "remedy": None,
    "version": "stable",
    "model": None,
    "leases": 0,
    "uses": 0,
    "backend": None,
}
"""The state when no supervisor runs."""

_SERVING = frozenset({"ready", "busy"})
_AT_REST = frozenset({"off", "failed"})
_NO_BACKEND = "No model is running on this machine. Start one with `qwen-launcher start`, then diagnose again."

_ANSWER_S = 10.0
_WAIT_S = 600.0
"""How long a question waits for the backend: a cold start on two CPU cores takes minutes."""

_TRIES = 5
"""How many supervisors a question asks for the backend, when they end one after the other."""

_NOTICE_S = 5.0
_LOOK_S = 3.0
"""How often to look for a supervisor that somebody else has started."""

_Result = TypeVar("_Result")

_logger = logging.getLogger(__name__)


class Supervisor:
    """The supervisor as this process sees it: one connection, open while something here needs it.

    All of it runs on one event loop. ``state`` is the newest that was told, and ``listeners`` are told each.
    """

    def __init__(self, *, auto_start: bool) -> None:
        self.auto_start = auto_start
        self.listeners: list[Callable[[State], None]] = []
        self.state = OFF
        self._connection: ControlConnection | None = None
        self._connecting = asyncio.Lock()
        self._users = 0
        self._keeping: asyncio.Task[None] | None = None

    def keep_lease(self) -> None:
        """Hold a lease from now on whenever there is a supervisor; none is started just for that.

        One that is killed while it has a backend is replaced at once, and the new one takes that backend over.
        """
        self._keeping = asyncio.get_running_loop().create_task(self._keep_lease(), name="lease")

    async def close(self) -> None:
        """Give up the lease and the connection."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
            self._keeping = None
        await self._disconnect()

    @asynccontextmanager
    async def use(self, on_wait: Callable[[str], None]) -> AsyncIterator[Endpoint]:
        """Enter once the backend is ready; ``on_wait`` is told meanwhile, in words, how far it is.

        Raises:
            BackendUnavailableError: there is none, with the supervisor's reason and remedy.
        """
        async with self._needed():
            connection, granted = await self._acquire(on_wait)
            try:
                yield _endpoint(granted)
            finally:
                connection.release(granted.get("use"))

    async def status(self) -> State:
        """Return the present state; no supervisor is started for it.

        Raises:
            BackendUnavailableError: there is one, but it cannot be used.
        """
        async with self._needed():
            connection = await self._find(start=False, lease=False)
            return OFF if connection is None else await _answer(connection.ask_state("status"))

    async def command(self, method: str) -> State:
        """Return the state that a method of the protocol is answered with; a supervisor is started if there is none.

        Raises:
            BackendUnavailableError: it was refused or failed; the message is the supervisor's.
        """
        async with self._needed():
            # With a lease, because only who has one is told the states on the way.
            connection = await self._connected(start=True, lease=True)
            return await connection.ask_state(method)

    async def until_loss_noticed(self) -> None:
        """Return once the supervisor knows that the backend that it tells of is gone, or after ``_NOTICE_S``."""
        lost = self.state.get("backend")
        noticed = asyncio.Event()

        def look(state: State) -> None:
            if state["state"] not in _SERVING or state.get("backend") != lost:
                noticed.set()

        look(self.state)
        with self._listening(look), suppress(TimeoutError):
            await asyncio.wait_for(noticed.wait(), _NOTICE_S)

    async def _acquire(self, on_wait: Callable[[str], None]) -> tuple[ControlConnection, dict[str, Any]]:
        def look(state: State) -> None:
            if state["state"] == "off" or state["state"] not in _SERVING | _AT_REST:
                on_wait(progress_of(state))

        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _WAIT_S
        tries_left = _TRIES
        while True:
            tries_left -= 1
            try:
                connection = await self._connected(start=self.auto_start, lease=True)
                look(self.state)
                wait_s = max(deadline_s - loop.time(), 0.0)
                asking = connection.request("acquire", wait_s=wait_s, start=self.auto_start)
                with self._listening(look):
                    return connection, await _answer(asking, wait_s + _ANSWER_S)
            except SupervisorLostError:
                if not tries_left:
                    raise

    async def _connected(self, *, start: bool, lease: bool) -> ControlConnection:
        connection = await self._find(start=start, lease=lease)
        if connection is None:
            raise BackendUnavailableError(_NO_BACKEND)
        return connection

    async def _find(self, *, start: bool, lease: bool) -> ControlConnection | None:
        """Return the connection, made if need be, and made a lease if that is wanted; None without a supervisor."""
        async with self._connecting:
            connection = self._connection
            if connection is None or connection.is_over:
                if start:
                    connection = await connect_or_start(self._tell)
                else:
                    connection = await ControlConnection.open(control_socket(), self._tell)
                self._connection = connection
            if connection is not None and lease and not connection.is_leased:
                await _answer(connection.lease(f"qwen-lsp {__version__} (process {os.getpid()})"))
            return connection

    @asynccontextmanager
    async def _needed(self) -> AsyncIterator[None]:
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users and self._keeping is None:
                await self._disconnect()

    async def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _keep_lease(self) -> None:
        loop = asyncio.get_running_loop()
        revive = was_short = False
        while True:
            since_s = loop.time()
            is_there = True
            try:
                connection = await self._find(start=revive, lease=True)
                if connection is None:
                    is_there = False
                else:
                    await connection.until_over()
            except SupervisorLostError:  # one that was just dying
                pass
            except BackendUnavailableError as error:
                _logger.debug("no lease: %s", error)
                is_there = False
            if not is_there:
                self._tell(OFF)
            # One that ends in an orderly way has stopped its backend before.
            revive = self.state["state"] not in _AT_REST
            is_short = loop.time() - since_s < _LOOK_S
            if not is_there or (is_short and was_short):
                await asyncio.sleep(_LOOK_S)
            was_short = is_short

    def _tell(self, state: State) -> None:
        if state != self.state:
            self.state = state
            for listener in tuple(self.listeners):
                listener(state)

    @contextmanager
    def _listening(self, listener: Callable[[State], None]) -> Iterator[None]:
        self.listeners.append(listener)
        try:
            yield
        finally:
            self.listeners.remove(listener)


def progress_of(state: State) -> str:
    """Return in words how far a backend that is not ready yet is; "" for one that is off."""
    if state["state"] == "off":
        return ""
    percent, detail = state.get("percent"), state.get("detail")
    words = str(state["state"]).replace("-", " ")
    if isinstance(percent, int | float):
        words += f" {percent:.0f} %"
    return f"{words}, {detail}" if detail else words


async def _answer(answer: Awaitable[_Result], timeout_s: float = _ANSWER_S) -> _Result:
    """Return an answer that comes soon or not at all."""
    try:
        return await asyncio.wait_for(answer, timeout_s)
    except TimeoutError as error:
        raise BackendUnavailableError(
            f"The supervisor of the local backend gave no answer for {timeout_s:.0f} s; it may hang. Look at "
            f"`qwen-launcher status`."
        ) from error


def _endpoint(granted: dict[str, Any]) -> Endpoint:
    try:
        base_url = granted["base_url"]
        if not is_url(base_url):
            message = f"its base_url is {base_url!r}"
            raise ValueError(message)
        key = Path(granted["api_key_path"]).read_text(encoding="utf-8").strip()
        return Endpoint(base_url, key, str(granted["model"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailableError(
            f"The backend that the supervisor offers cannot be used ({type(error).__name__}: {error}). Run "
            f"`qwen-launcher stop`, then diagnose again."
        ) from error
