"""One connection to the supervisor's control socket: JSON objects, one to a line (docs/protocol.md, "Supervisor")."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from qwen_lsp.backend.errors import BackendUnavailableError, SupervisorLostError

State = dict[str, Any]
"""The state object of the protocol; ``state`` is always there, and a string."""

_MAX_LINE_BYTES = 64 * 1024
_MAX_PATH_BYTES = 107
"""What ``sun_path`` of <sys/un.h> holds on Linux, less the NUL at its end."""


class ControlConnection:
    """Requests to the supervisor with their answers, and the states that it tells; made by ``open``."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_state: Callable[[State], None]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_state = on_state
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._over: BackendUnavailableError | None = None
        self._reading = asyncio.create_task(self._read(), name="supervisor")
        self.is_leased = False

    @classmethod
    async def open(cls, path: Path, on_state: Callable[[State], None]) -> Self | None:
        """Return a connection, or None when nothing listens at ``path``.

        Raises:
            BackendUnavailableError: the socket cannot be used.
        """
        if len(os.fsencode(path)) > _MAX_PATH_BYTES:
            raise BackendUnavailableError(
                f"The path of the supervisor's socket, {path}, is longer than the {_MAX_PATH_BYTES} bytes that the "
                f"system allows. Set XDG_RUNTIME_DIR to a folder with a shorter path."
            )
        try:
            reader, writer = await asyncio.open_unix_connection(path, limit=_MAX_LINE_BYTES)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise BackendUnavailableError(
                f"The supervisor's socket {path} cannot be used ({error.strerror or error}). It must belong to you; "
                f"remove it if no `qwen-launcher` runs."
            ) from error
        return cls(reader, writer, on_state)

    @property
    def is_over(self) -> bool:
        """Whether the connection can no longer be used."""
        return self._over is not None

    async def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of a request.

        A use that is granted to a task that no longer waits for it is given back.

        Raises:
            BackendUnavailableError: the supervisor refused, with its own message, or said what cannot be understood.
            SupervisorLostError: it hung up.
        """
        if self._over is not None:
            raise self._over
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            self._send(number, method, params)
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.exception() is None:
                self._give_back(answer.result())
            raise
        finally:
            self._answers.pop(number, None)

    async def ask_state(self, method: str, **params: Any) -> State:
        """Return the state that a request is answered with.

        Raises:
            BackendUnavailableError, SupervisorLostError: as ``request``.
        """
        state = await self.request(method, **params)
        if not _is_state(state):
            raise _not_understood(f"an answer to {method} that is no state")
        return state

    async def lease(self, client: str) -> None:
        """Make the connection a lease of ``client``, a name for people; from now on states are told."""
        await self.ask_state("lease", client=client)
        self.is_leased = True

    def release(self, use: object) -> None:
        """End a use, without waiting for the answer; one of a connection that is over has ended with it."""
        self._send(next(self._numbers), "release", {"use": use})

    async def until_over(self) -> None:
        """Return when the connection can no longer be used."""
        await asyncio.wait([self._reading])

    async def close(self) -> None:
        """Close the connection, and with it the lease and the uses."""
        self._reading.cancel()
        await self.until_over()

    def _send(self, number: int, method: str, params: dict[str, Any]) -> None:
        # Nothing is drained: a line is far smaller than what a socket holds.
        if not self.is_over:
            self._writer.write(json.dumps({"id": number, "method": method, "params": params}).encode() + b"\n")

    def _give_back(self, result: dict[str, Any]) -> None:
        if "use" in result:
            self.release(result["use"])

    async def _read(self) -> None:
        over: BackendUnavailableError = SupervisorLostError(
            "The supervisor of the local backend has ended. Diagnose again; `qwen-launcher status` tells what runs."
        )
        try:
            while (line := await self._reader.readline()).endswith(b"\n"):
                self._take(line)
        except (ValueError, RecursionError) as error:  # also what ``readline`` says of a line over its limit
            over = _not_understood(str(error))
        except OSError:  # it died with our words unread
            pass
        finally:
            self._over = over
            self._writer.close()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(over)

    def _take(self, line: bytes) -> None:
        message = json.loads(line)
        if not isinstance(message, dict):
            error = "a message that is no object"
            raise ValueError(error)
        if _is_state(message.get("state")):
            self._on_state(message["state"])
            return
        result, refusal = message.get("result"), message.get("error")
        answer = self._answers.get(message["id"]) if isinstance(message.get("id"), int) else None
        if isinstance(result, dict):
            if _is_state(result):
                # Here, and not where it is awaited: a newer one may be read before that task runs.
                self._on_state(result)
            if answer is None or answer.done():
                self._give_back(result)
            else:
                answer.set_result(result)
        elif isinstance(refusal, dict) and isinstance(refusal.get("message"), str):
            if answer is not None and not answer.done():
                answer.set_exception(BackendUnavailableError(refusal["message"]))
        else:
            error = "a message that is neither an answer nor a state"
            raise ValueError(error)


def _is_state(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("state"), str)


def _not_understood(what: str) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"The supervisor of the local backend sent what is not of its protocol ({what}). It may be of another version: "
        f"run `qwen-launcher status`."
    )
