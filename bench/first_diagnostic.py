"""How long after `qwen.diagnose` the first diagnostic is published: ``python -m bench.first_diagnostic``.

Through the real server, started as editors start it, for logs of several lengths with a failure in the middle, in a
workspace that holds the program. In the same run a bare pygls server gets the same requests and publishes a diagnostic
at once: the time that the protocol takes by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.texts import ci_log

LINES = (100, 1_000, 10_000, 100_000)
OURS = [sys.executable, "-m", "qwen_lsp", "--stdio"]
_COMMAND = "qwen.diagnose"
_PROGRAM = (
    "\n".join(["def average(prices):", *["    pass"] * 3, "    return total / len(prices)", *["pass"] * 15]) + "\n"
)
_BARE = f"""
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.command({_COMMAND!r})
def diagnose(ls, params):
    place = types.Range(types.Position(0, 0), types.Position(0, 1))
    diagnostics = [types.Diagnostic(place, "failed")]
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams("file:///x.py", diagnostics))
server.start_io()
"""
BARE = [sys.executable, "-c", _BARE]


class Editor:
    """Speaks to one server over its stdin and stdout, as an editor that gets diagnostics pushed."""

    def __init__(self, command: list[str], folder: Path) -> None:
        # No model is asked, nor started.
        environment = {**os.environ, "QWEN_LSP_AUTO_START": "0", "XDG_RUNTIME_DIR": str(folder)}
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        self._server = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env=environment)
        self._number = 0
        self._wait(self._send("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}))
        self._send("initialized", {}, is_request=False)

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.kill()
        self._server.wait()

    def diagnose_s(self, log: str) -> float:
        """Return the seconds from the request to the first diagnostic, and read on until the request is answered."""
        started = time.perf_counter()
        number = self._send("workspace/executeCommand", {"command": _COMMAND, "arguments": [{"log": log}]})
        while not (message := self._read()).get("params", {}).get("diagnostics"):
            if message.get("id") == number:
                raise RuntimeError(f"no diagnostic was published: {message}")
        elapsed = time.perf_counter() - started
        self._wait(number)
        return elapsed

    def _send(self, method: str, params: Any, *, is_request: bool = True) -> int:
        self._number += 1
        number = {"id": self._number} if is_request else {}
        self._write({"jsonrpc": "2.0", **number, "method": method, "params": params})
        return self._number

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._server.stdin.flush()

    def _wait(self, number: int) -> None:
        while "method" in (message := self._read()) or message.get("id") != number:
            pass

    def _read(self) -> dict[str, Any]:
        """Return the next message; what the server asks is answered with null."""
        assert self._server.stdout is not None
        length = 0
        while (header := self._server.stdout.readline()).strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("the server ended")
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        if "method" in message and "id" in message:
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message


def log_of(lines: int) -> str:
    """Return a build server's log of so many lines."""
    text = ci_log(lines * 120).splitlines(keepends=True)
    drop = len(text) - lines
    return "".join(text[max(drop // 2, 0) : len(text) - max(drop - drop // 2, 0)])


def main() -> None:
    """Print the median and the largest of the times for each length of log, and those of the bare server."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_diagnostic", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="for each length (default: 20)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(_PROGRAM, encoding="utf-8")
        with Editor(OURS, folder) as ours, Editor(BARE, folder) as bare:
            print(f"the first request of a server: {ours.diagnose_s(log_of(100)) * 1000:.0f} ms")
            bare.diagnose_s(log_of(100))
            print(f"{'lines':>8} {'median':>9} {'largest':>9} {'bare pygls, median':>19}")
            for lines in LINES:
                log = log_of(lines)
                pairs = [(ours.diagnose_s(log) * 1000, bare.diagnose_s(log) * 1000) for _ in range(options.runs)]
                times, bare_times = zip(*pairs, strict=True)
                middle, bare_middle = statistics.median(times), statistics.median(bare_times)
                print(f"{lines:8,} {middle:6.0f} ms {max(times):6.0f} ms {bare_middle:16.0f} ms", flush=True)


if __name__ == "__main__":
    main()
