"""How fast and light the language server starts, against a bare pygls server: ``python -m bench.startup``."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

import psutil

RUNS = 10
# pip compiles what it installs; a checkout in a container that keeps no bytecode would measure the compiler.
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
OURS = [sys.executable, "-m", "qwen_lsp", "--stdio"]
BARE = [sys.executable, "-c", "from pygls.lsp.server import LanguageServer; LanguageServer('bare', '1').start_io()"]
_INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}


@dataclass(frozen=True)
class Start:
    """One start: milliseconds from spawning the process to the reply to initialize, and memory by then."""

    milliseconds: float
    rss_mib: float


def start(command: list[str]) -> Start:
    """Return the figures of one start of ``command``."""
    started = time.perf_counter()
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env=ENVIRONMENT) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        body = json.dumps(_INITIALIZE).encode()
        server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        server.stdin.flush()
        _read_message(server.stdout)
        milliseconds = (time.perf_counter() - started) * 1000
        rss_mib = psutil.Process(server.pid).memory_info().rss / 2**20
        server.kill()
    return Start(milliseconds, rss_mib)


def _read_message(stream: IO[bytes]) -> bytes:
    length = 0
    while (header := stream.readline()).strip():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return stream.read(length)


def heavy_imports() -> set[str]:
    """Return which heavy packages the server imports until it answers initialize, as -X importtime sees it."""
    command = [sys.executable, "-X", "importtime", "-m", "qwen_lsp", "--stdio"]
    body = json.dumps(_INITIALIZE).encode()
    message = b"Content-Length: %d\r\n\r\n" % len(body) + body
    done = subprocess.run(command, input=message, capture_output=True, check=False, timeout=60, env=ENVIRONMENT)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.decode().splitlines()}
    return imported & {"torch", "vllm", "openai", "transformers"}


def main() -> None:
    """Measure in turns, so that a noisy machine disturbs both alike, and print medians, minima and their ratios."""
    start(OURS)  # not counted: it writes the bytecode
    pairs = [(start(OURS), start(BARE)) for _ in range(RUNS)]
    print(f"{'of ' + str(RUNS) + ' starts':36} {'qwen-lsp':>10} {'bare pygls':>11} {'ratio':>6}")
    for label, attribute, pick in (
        ("initialize answered, ms, median", "milliseconds", statistics.median),
        ("initialize answered, ms, minimum", "milliseconds", min),
        ("resident memory, MiB, median", "rss_mib", statistics.median),
    ):
        ours, bare = (pick([getattr(one, attribute) for one in runs]) for runs in zip(*pairs, strict=True))
        print(f"{label:36} {ours:10.0f} {bare:11.0f} {ours / bare:6.2f}")
    print(f"torch, vllm, transformers or openai imported by then: {', '.join(sorted(heavy_imports())) or 'none'}")


if __name__ == "__main__":
    main()
