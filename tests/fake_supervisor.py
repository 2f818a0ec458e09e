"""A fake of the launcher's supervisor, for what a real one cannot be made to do on demand.

It speaks the protocol of docs/protocol.md, "Supervisor": refuses, keeps its clients waiting, dies in the middle, talks
nonsense, and tells what it was asked. ``installed`` puts it in the place of the launcher, so that
``python -m qwen_launcher serve`` starts one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEADLINE_S = 60.0
KEY = "launcher's key"
MODEL = "launched-coder"


def state(name: str, **changes: Any) -> dict[str, Any]:
    """Return a state object."""
    rest = {"detail": "", "percent": None, "reason": None, "remedy": None, "version": "stable", "model": MODEL}
    numbers = {"leases": 1, "uses": 0, "backend": {"pid": 1} if name in ("ready", "busy") else None}
    return {"state": name, **rest, **numbers, **changes}


class FakeSupervisor:
    """What it does with requests, and what it saw; attributes may be set any time."""

    def __init__(self, runtime: Path, base_url: str) -> None:
        self.folder = runtime / "qwen-lsp"
        self.folder.mkdir(exist_ok=True)
        key = self.folder / "api_key"
        key.write_text(f"{KEY}\n", encoding="utf-8")
        self.grant: dict[str, Any] = {"base_url": base_url, "model": MODEL, "api_key_path": str(key)}
        self.state = state("ready")
        self.refusals: dict[str, str] = {}
        """Messages to refuse methods with."""
        self.may_grant = asyncio.Event()
        self.may_grant.set()
        self.silent_on: set[str] = set()
        """Methods that are never answered."""
        self.says: bytes | None = None
        """What each lease is answered with instead of a state."""
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.uses: set[int] = set()
        self.leases: list[asyncio.StreamWriter] = []
        self._granted = 0
        self._changed = asyncio.Event()
        self._clients: dict[asyncio.StreamWriter, asyncio.Task[Any]] = {}
        self._server: asyncio.Server | None = None

    @property
    def connections(self) -> int:
        """How many clients there are."""
        return len(self._clients)

    async def listen(self) -> None:
        """Take clients from now on; a socket that a killed one left is replaced."""
        path = self.folder / "control.sock"
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path)

    async def die(self) -> None:
        """End as a killed process does: connections end, and the socket stays behind."""
        if self._server is not None:
            self._server.close()
        (self.folder / "control.sock").touch()
        for task in list(self._clients.values()):
            task.cancel()
        await asyncio.gather(*self._clients.values(), return_exceptions=True)

    def tell(self, new: dict[str, Any]) -> None:
        """Change the state, and tell it to all leases."""
        self.state = new
        for lease in self.leases:
            _send(lease, {"state": new})

    def asked(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of all requests of a method."""
        return [params for name, params in self.requests if name == method]

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until what clients do has made ``condition`` true."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[writer] = task
        mine: set[int] = set()
        answering: list[asyncio.Task[None]] = []
        try:
            while line := await reader.readline():
                answering.append(asyncio.create_task(self._answer(json.loads(line), writer, mine)))
        except (asyncio.CancelledError, ConnectionResetError):
            pass
        finally:
            for one in answering:
                one.cancel()
            self.uses -= mine
            if writer in self.leases:
                self.leases.remove(writer)
            del self._clients[writer]
            writer.close()
            self._changed.set()

    async def _answer(self, request: dict[str, Any], writer: asyncio.StreamWriter, mine: set[int]) -> None:
        method, params = request["method"], request["params"]
        self.requests.append((method, params))
        self._changed.set()
        if method in self.silent_on:
            return
        if method == "lease":
            self.leases.append(writer)
            if self.says is not None:
                writer.write(self.says)
                return
        if method in self.refusals:
            _send(writer, {"id": request["id"], "error": {"code": "failed", "message": self.refusals[method]}})
            return
        result: dict[str, Any] = self.state
        if method == "acquire":
            await self.may_grant.wait()
            self._granted += 1
            self.uses.add(self._granted)
            mine.add(self._granted)
            result = {"use": self._granted, **self.grant}
        elif method == "release":
            self.uses.remove(params["use"])
            result = {}
        _send(writer, {"id": request["id"], "result": result})
        self._changed.set()


def installed(folder: Path, base_url: str, first: str = "serve") -> dict[str, str]:
    """Return the environment in which the launcher is this fake, for the backend at ``base_url``.

    ``first`` is what a start does while there is no file ``folder``/started: "serve", "give way" (end with 0, as one
    does that finds another one running) or "fail" (with 7, each time).
    """
    package = folder / "qwen_launcher"
    package.mkdir(parents=True)
    program = f"from tests.fake_supervisor import main; main({str(folder)!r}, {base_url!r}, {first!r})"
    (package / "__init__.py").touch()  # without it the real package would be found, wherever it lies
    (package / "__main__.py").write_text(program, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[1])])}


def starts(folder: Path) -> list[int]:
    """Return the ids of the processes that were started in the place of the launcher."""
    started = folder / "started"
    return [int(line) for line in started.read_text().split()] if started.exists() else []


def main(folder: str, base_url: str, first: str) -> None:
    """Be the supervisor until killed; in this process nothing of the test can be seen."""
    is_first = not starts(Path(folder))
    with (Path(folder) / "started").open("a", encoding="utf-8") as started:
        started.write(f"{os.getpid()}\n")
    if first == "fail":
        sys.exit(7)
    if first == "give way" and is_first:
        return
    asyncio.run(_serve_for_ever(FakeSupervisor(Path(os.environ["XDG_RUNTIME_DIR"]), base_url)))


async def _serve_for_ever(supervisor: FakeSupervisor) -> None:
    await supervisor.listen()
    await asyncio.Event().wait()


def _send(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
