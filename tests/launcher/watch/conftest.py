"""A server that answers as a test tells it to: it stands in for a vLLM's HTTP layer, or receives webhooks."""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qwen_launcher.watch.history import History

RECORDED = Path(__file__).parents[2] / "data" / "metrics"
"""What vLLM 0.32 (CPU build, Qwen2.5-Coder-1.5B) answered at /metrics: after its start, after three requests and one
for an unknown model, while six ran, and after those. Shortened to the metrics in question and their neighbours."""
DEADLINE_S = 60.0
TAKEN = (200, {}, '{"errcode": 0, "errmsg": "ok"}')


@dataclass
class Post:
    """A request that was received."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    """Answers GET with `metrics` and POST with the next of `answers` (status, headers, body), else with 200."""

    metrics: str = ""
    status: int = 200
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    posts: queue.Queue[Post] = field(default_factory=queue.Queue)
    url: str = ""

    def received(self) -> Post:
        """Wait for the next post and return it."""
        return self.posts.get(timeout=DEADLINE_S)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    """A running server at `url`."""
    # Webhooks go through the user's proxy, which is none for an address like this.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, headers: dict[str, str], body: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_GET(self) -> None:
            self._answer(told.status, {"Content-Type": "text/plain"}, told.metrics)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, answer = (
                told.answers.pop(0) if told.answers else (200, {}, '{"errcode": 0, "errmsg": "ok"}')
            )
            # Before the answer, after which the next post may come, in another thread.
            told.posts.put(Post(self.path, dict(self.headers), body))
            self._answer(status, headers, answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told.url = f"http://127.0.0.1:{http.server_port}"
        yield told
        http.shutdown()
        thread.join()


@pytest.fixture
def history(tmp_path: Path):
    """An empty history."""
    with History(tmp_path / "history.sqlite3") as kept:
        yield kept
