"""The process: how light it starts, and that it is gone soon after the editor is, whatever runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import make_test_lsp_client

from tests.fake_backend import FakeBackend, closed_port_url
from tests.lsp.conftest import REPLY, slow_but_first
from tests.lsp.editor import DEADLINE_S, REPOSITORY, SERVER, editing, environment

GONE_WITHIN_S = 15.0
MEMORY_BYTES = 100 << 20


class RawClient:
    """Writes and reads messages itself, to see what pygls' client would forgive."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, method: str, params: Any, request_id: int | None = None) -> None:
        """Send a request, or a notification."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if request_id is None else {**message, "id": request_id}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def answer(self, request_id: int) -> Any:
        """Return the answer to a request, skipping what else is said."""
        assert self.process.stdout is not None
        while True:
            length = int(self.process.stdout.readline().removeprefix(b"Content-Length: "))
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if message.get("id") == request_id and "method" not in message:
                return message

    def initialize(self, process_id: int | None = None) -> None:
        """Open a session without a workspace."""
        self.send("initialize", {"processId": process_id, "rootUri": None, "capabilities": {}}, 1)
        assert "result" in self.answer(1)
        self.send("initialized", {})


@contextmanager
def raw_client(base_url: str, *arguments: str) -> Iterator[RawClient]:
    """Start a server."""
    process = subprocess.Popen(
        [*SERVER, *arguments],
        env=environment(base_url),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield RawClient(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@contextmanager
def diagnosing(tmp_path: Path, log: str, backend: FakeBackend, process_id: int | None = None) -> Iterator[RawClient]:
    """Start a server that waits for the model's answer."""
    backend.hangs(after=REPLY[:60])
    with raw_client(backend.base_url) as client:
        client.initialize(process_id)
        client.send("qwen/diagnose", {"log": log, "cwd": str(tmp_path)}, 2)
        assert backend.asked.wait(DEADLINE_S)
        yield client


def test_stdin_ends(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """The server goes when stdin ends while a diagnosis runs, and hangs up on the model's server."""
    with diagnosing(tmp_path, shop_log, backend) as client:
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(GONE_WITHIN_S) == 1
        assert backend.hung_up.wait(GONE_WITHIN_S)


@pytest.mark.slow
def test_editor_dies(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """The server goes when the editor's process does, though something else still holds its stdin open."""
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor,
        diagnosing(tmp_path, shop_log, backend, process_id=editor.pid) as client,
    ):
        editor.kill()
        assert client.process.wait(GONE_WITHIN_S) == 1
        assert backend.hung_up.wait(GONE_WITHIN_S)


@pytest.mark.slow
def test_editor_of_another_container(tmp_path: Path, shop_log: str) -> None:
    """An editor's process that cannot be seen from here is no reason to go."""
    unseen = max(psutil.pids()) + 100_000
    with raw_client(closed_port_url()) as client:
        client.initialize(unseen)
        client.send("qwen/diagnose", {"log": shop_log, "cwd": str(tmp_path)}, 2)
        assert client.answer(2)["result"]["failures"]


@pytest.mark.parametrize("asked", slow_but_first([True, False]), ids=["after shutdown", "without shutdown"])
def test_exit(asked: bool) -> None:
    """`exit` ends the process: with 0 after a shutdown, with 1 without."""
    with raw_client(closed_port_url()) as client:
        client.initialize(os.getpid())
        if asked:
            client.send("shutdown", None, 2)
            assert client.answer(2) == {"id": 2, "jsonrpc": "2.0", "result": None}
        client.send("exit", None)
        assert client.process.wait(GONE_WITHIN_S) == (0 if asked else 1)


async def test_tcp() -> None:
    """Over TCP one client is served, and the process ends with it."""
    port = urlsplit(closed_port_url()).port
    assert port is not None
    command = [*SERVER[:-1], "--tcp", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, env=environment(closed_port_url()), cwd=REPOSITORY)
    client = make_test_lsp_client()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                try:
                    await client.start_tcp("127.0.0.1", port)
                    break
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)  # nothing tells from outside when a port is listened on
            await client.initialize_session(types.InitializeParams(types.ClientCapabilities()))
            await client.shutdown_session()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await client.stop()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("as_command", slow_but_first([False, True]), ids=["request", "command"])
async def test_shutdown_while_running(as_command: bool, tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A shutdown in the middle of a diagnosis is answered without an error, and so is the diagnosis."""
    backend.hangs(after=REPLY[:60])
    async with editing(tmp_path, backend.base_url) as editor:
        params = {"log": shop_log}
        if as_command:
            running = editor.start("workspace/executeCommand", types.ExecuteCommandParams("qwen.diagnose", [params]))
        else:
            running = editor.start("qwen/diagnose", params)
        await editor.waiting(backend.asked)
        await editor.client.shutdown_async(None)
        with pytest.raises(JsonRpcException, match="cancelled"):
            await running
        editor.client.exit(None)
        async with asyncio.timeout(GONE_WITHIN_S):
            assert await editor.process.wait() == 0
        assert backend.hung_up.is_set()


@pytest.mark.slow
def test_log_file(tmp_path: Path, shop_log: str) -> None:
    """With --log-file the log goes there, and holds neither the user's code nor the log he gave."""
    log_file = tmp_path / "server.log"
    with raw_client(closed_port_url(), "--log-file", str(log_file)) as client:
        client.initialize()
        client.send("qwen/diagnose", {"log": shop_log, "cwd": str(tmp_path)}, 2)
        client.answer(2)
        client.send("qwen/diagnose", {"log": 5}, 3)
        assert client.answer(3)["error"]["code"] == -32602
        assert client.process.stdin is not None
        client.process.stdin.close()
        client.process.wait(GONE_WITHIN_S)
        logged = log_file.read_text()
        assert "1 failures" in logged
        assert "Traceback" not in logged
        assert "total / len(prices)" not in logged
        assert client.process.stderr is not None
        assert client.process.stderr.read() == b""


def test_light_start() -> None:
    """`initialize` is answered by a small process that has not loaded what only a diagnosis needs."""
    with raw_client(closed_port_url()) as client:
        client.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
        client.answer(1)
        assert psutil.Process(client.process.pid).memory_info().rss < MEMORY_BYTES
    heavy = "{'openai', 'torch', 'tree_sitter', 'psutil', 'qwen_lsp.analysis'}"
    script = f"import sys, qwen_lsp.server; qwen_lsp.server.create_server(); print({heavy} & sys.modules.keys())"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout == "set()\n"
