"""`qwen-launcher serve`: requests in, the backend's state out, and the end when nobody needs it any more."""

from __future__ import annotations

import asyncio
import itertools
import logging
import signal
import time
from typing import TYPE_CHECKING, Any

from qwen_launcher.errors import StoppedError
from qwen_launcher.locks import try_lock
from qwen_launcher.supervisor.backend import Backend, Timing
from qwen_launcher.supervisor.control import Client, RequestError, listen
from qwen_launcher.supervisor.snapshot import Phase
from qwen_launcher.versions import Version

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from qwen_launcher.folders import Folders

TICK_S = 0.5
LINGER_S = 2.0
"""How long a supervisor with nothing to do stays, for the next command."""

logger = logging.getLogger(__name__)


class Supervisor:
    """Serves the requests of all clients."""

    def __init__(self, folders: Folders, timing: Timing) -> None:
        self._timing = timing
        self._clients: set[Client] = set()
        self._waiting = 0
        """Requests in progress that need the backend."""
        self._numbers = itertools.count(1)
        self._change = asyncio.Event()
        self._ended = asyncio.Event()
        self.backend = Backend(folders, timing, self._announce, self._is_needed)
        self._methods: dict[str, Callable[[Client, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "status": self._status,
            "lease": self._lease,
            "start": self._start,
            "acquire": self._acquire,
            "release": self._release,
            "stop": self._stop,
            "try": self._try,
            "promote": self._promote,
            "rollback": self._rollback,
            "shutdown": self._shutdown,
        }

    # Clients ----------------------------------------------------------------------------------------------------------

    async def handle(self, client: Client, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a request; see `Desk.handle`."""
        function = self._methods.get(method)
        if function is None:
            raise RequestError("bad-request", f"there is no method {method!r}; known: {', '.join(self._methods)}")
        self._clients.add(client)
        return await function(client, params)

    def gone(self, client: Client) -> None:
        """Free what `client` held."""
        self._clients.discard(client)
        self._count()

    def _count(self) -> None:
        leases = sum(client.lease is not None for client in self._clients)
        self.backend.count(leases, sum(len(client.uses) for client in self._clients))

    def _is_needed(self) -> bool:
        return self._waiting > 0 or self.backend.snapshot.leases > 0 or self.backend.snapshot.uses > 0

    def _announce(self) -> None:
        message = {"state": self.backend.snapshot.to_json()}
        for client in self._clients:
            if client.lease is not None:
                client.send(message)
        self._change.set()
        self._change = asyncio.Event()

    # Methods ----------------------------------------------------------------------------------------------------------

    async def _status(self, _client: Client, _params: dict[str, Any]) -> dict[str, Any]:
        return self.backend.snapshot.to_json()

    async def _lease(self, client: Client, params: dict[str, Any]) -> dict[str, Any]:
        client.lease = str(params.get("client", "a client"))
        logger.info("lease: %s", client.lease)
        self._count()
        return self.backend.snapshot.to_json()

    async def _start(self, _client: Client, params: dict[str, Any]) -> dict[str, Any]:
        return await self._with_backend(self.backend.start(_version(params)))

    async def _try(self, _client: Client, params: dict[str, Any]) -> dict[str, Any]:
        return await self._with_backend(self.backend.try_version(_version(params)))

    async def _rollback(self, _client: Client, _params: dict[str, Any]) -> dict[str, Any]:
        return await self._with_backend(self.backend.roll_back())

    async def _promote(self, _client: Client, _params: dict[str, Any]) -> dict[str, Any]:
        self.backend.promote()
        return self.backend.snapshot.to_json()

    async def _stop(self, _client: Client, _params: dict[str, Any]) -> dict[str, Any]:
        await self.backend.stop()
        return self.backend.snapshot.to_json()

    async def _shutdown(self, _client: Client, _params: dict[str, Any]) -> dict[str, Any]:
        await self.backend.stop()
        self._ended.set()
        return {}

    async def _release(self, client: Client, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("use") not in client.uses:
            raise RequestError("bad-request", f"this connection has no use {params.get('use')!r}")
        client.uses.discard(params["use"])
        self._count()
        return {}

    async def _acquire(self, client: Client, params: dict[str, Any]) -> dict[str, Any]:
        wait_s, may_start = params.get("wait_s", 0), params.get("start", False)
        if not isinstance(wait_s, int | float) or not isinstance(may_start, bool):
            raise RequestError("bad-request", "acquire takes wait_s, a number of seconds, and start, a boolean")
        self._waiting += 1
        try:
            async with asyncio.timeout(wait_s):
                await self._until_ready(may_start=may_start)
        except TimeoutError as error:
            state = self.backend.snapshot.state
            raise RequestError("timeout", f"the backend is still {state} after {wait_s:.0f} s; try again") from error
        finally:
            self._waiting -= 1
        use, backend = next(self._numbers), self.backend.snapshot.backend
        assert backend is not None  # noqa: S101 - it is ready
        client.uses.add(use)
        self._count()
        names = ("base_url", "model", "api_key_path", "max_model_len")
        return {"use": use, **{name: getattr(backend, name) for name in names}}

    async def _until_ready(self, *, may_start: bool) -> None:
        stops = self.backend.stops
        if may_start and self.backend.snapshot.state is Phase.OFF:
            self.backend.start_installed()
        while True:
            change, now = self._change, self.backend.snapshot
            if self.backend.stops != stops:
                raise RequestError("stopped", "somebody stopped the backend; run `qwen-launcher start`")
            if self.backend.can_serve:
                return
            if now.state is Phase.FAILED:
                remedy = f"{now.remedy}; then run `qwen-launcher start`"
                raise RequestError("failed", f"The backend failed: {now.reason}. What to do: {remedy}")
            if now.state is Phase.OFF and not self.backend.is_working:
                raise RequestError("unavailable", "No model is running; start one with `qwen-launcher start`.")
            await change.wait()

    async def _with_backend(self, work: Awaitable[None]) -> dict[str, Any]:
        self._waiting += 1
        try:
            await work
        except StoppedError as error:
            raise RequestError("stopped", str(error)) from error
        finally:
            self._waiting -= 1
        return self.backend.snapshot.to_json()

    # Life -------------------------------------------------------------------------------------------------------------

    async def run(self, is_reachable: Callable[[], bool]) -> None:
        """Serve until told to end, until nobody needs the backend for the idle time, or until nobody can come."""
        nothing_since = time.monotonic()
        while not self._ended.is_set():
            if self._is_needed() or self.backend.snapshot.state is not Phase.OFF:
                nothing_since = time.monotonic()
            if time.monotonic() - nothing_since >= LINGER_S:
                return
            if not is_reachable():
                logger.warning("the control socket is gone or another's")
                return
            if not self._is_needed():
                await self._without_need()
            try:
                async with asyncio.timeout(TICK_S):
                    await self._ended.wait()
            except TimeoutError:
                pass

    async def _without_need(self) -> None:
        if self.backend.is_working:
            logger.info("nobody waits for the start any more")
            await self.backend.abandon()
        elif time.monotonic() - self.backend.last_activity >= self._timing.idle_s:
            logger.info("idle for %.0f s", self._timing.idle_s)
            await self.backend.abandon()

    def end(self) -> None:
        """Let `run` return."""
        self._ended.set()


def _version(params: dict[str, Any]) -> Version:
    try:
        return Version.from_json(params)
    except ValueError as error:
        raise RequestError("bad-request", str(error)) from error


def serve(folders: Folders, timing: Timing) -> bool:
    """Be this user's supervisor until nobody needs one; return False at once when there is one already.

    Raises:
        LauncherError: the socket cannot be made.
    """
    folders.make()
    with try_lock(folders.supervisor_lock) as is_mine:
        if is_mine:
            asyncio.run(_serve(folders, timing))
        return is_mine


async def _serve(folders: Folders, timing: Timing) -> None:
    supervisor = Supervisor(folders, timing)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.end)
    # Before anybody can ask for a backend: what an earlier supervisor left is adopted or ended.
    await supervisor.backend.adopt()
    server = await listen(folders.control, supervisor)
    mine = folders.control.stat().st_ino
    logger.info("serving on %s", folders.control)

    def is_reachable() -> bool:
        try:
            return folders.control.stat().st_ino == mine
        except OSError:
            return False

    try:
        await supervisor.run(is_reachable)
    finally:
        # First the socket, so that a client that comes now starts another supervisor, which waits for our lock's end.
        if is_reachable():
            folders.control.unlink()
        server.close()
        await supervisor.backend.abandon()
        logger.info("ended")
