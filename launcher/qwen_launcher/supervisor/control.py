"""The supervisor's end of the control socket: docs/protocol.md, "Supervisor"."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Protocol

from qwen_launcher.errors import LauncherError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

MAX_LINE_BYTES = 64 * 1024
MAX_UNREAD_BYTES = 1024 * 1024
"""A lease holder that reads nothing is dropped after so much."""

logger = logging.getLogger(__name__)


class RequestError(Exception):
    """An answer with a code of the protocol; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Desk(Protocol):
    """What serves the requests."""

    def handle(self, client: Client, method: str, params: dict[str, Any]) -> Awaitable[dict[str, Any]]:
        """Return the result of a request.

        Raises:
            RequestError, LauncherError: it failed.
        """
        ...

    def gone(self, client: Client) -> None:
        """Take note that `client`'s connection is closed."""
        ...


class Client:
    """One connection; `lease` is the client's name once it holds one, `uses` are its uses in progress."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, desk: Desk) -> None:
        self.lease: str | None = None
        self.uses: set[int] = set()
        self.pending: set[asyncio.Task[None]] = set()
        self._reader = reader
        self._writer = writer
        self._desk = desk

    async def serve(self) -> None:
        """Answer requests until the connection is closed."""
        try:
            while True:
                try:
                    line = await self._reader.readline()
                except ValueError:
                    self.send(_failure(None, "bad-request", f"a message has more than {MAX_LINE_BYTES} bytes"))
                    break
                if not line:
                    break
                # At its own pace: a client may ask for the state while its start is going on.
                task = asyncio.get_running_loop().create_task(self._answer(line))
                self.pending.add(task)
                task.add_done_callback(self.pending.discard)
        except ConnectionError:
            pass
        finally:
            for task in self.pending:
                task.cancel()
            self.close()
            self._desk.gone(self)

    async def _answer(self, line: bytes) -> None:
        number: int | None = None
        try:
            number, method, params = _parse(line)
            self.send({"id": number, "result": await self._desk.handle(self, method, params)})
        except RequestError as error:
            self.send(_failure(number, error.code, str(error)))
        except LauncherError as error:
            self.send(_failure(number, "failed", str(error)))

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, if the client still reads."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            logger.warning("%s reads nothing; its connection is closed", self.lease or "a client")
            self._writer.transport.abort()
            return
        self._writer.write(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        """Close the connection after what was sent."""
        self._writer.close()


def _failure(number: int | None, code: str, message: str) -> dict[str, Any]:
    return {"id": number, "error": {"code": code, "message": message}}


def _parse(line: bytes) -> tuple[int, str, dict[str, Any]]:
    try:
        message = json.loads(line)
        number, method, params = message["id"], message["method"], message.get("params") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RequestError("bad-request", f"this is no request: {line[:200]!r} ({error!r})") from error
    if not (isinstance(number, int) and isinstance(method, str) and isinstance(params, dict)):
        raise RequestError("bad-request", f"id, method or params is of the wrong type: {line[:200]!r}")
    return number, method, params


async def listen(path: Path, desk: Desk) -> asyncio.Server:
    """Return a server on the Unix socket at `path`; a socket that a killed supervisor left there is replaced.

    Raises:
        LauncherError: the path is too long for a Unix socket, or nothing can be made there.
    """
    path.unlink(missing_ok=True)  # noqa: ASYNC240 - before anybody is served

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Client(reader, writer, desk).serve()

    try:
        return await asyncio.start_unix_server(serve, path, limit=MAX_LINE_BYTES)
    except OSError as error:
        raise LauncherError(f"cannot listen on {path}: {error}; set XDG_RUNTIME_DIR to a short path") from error
