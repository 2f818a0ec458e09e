"""A fake of an OpenAI-compatible server, for behaviour that a real model cannot be made to show on demand.

Tests of what the model *says* belong in ``tests/backend``, with real weights. This one answers what it is told to,
refuses, hangs, talks nonsense, and tells when its client hung up.
"""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "fake-coder"
_PIECE_CHARACTERS = 12


class FakeBackend:
    """What the server does with the next chat requests, and what it saw; ``reply`` and the like may be set any time."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.requests: list[dict[str, Any]] = []
        self.asked = threading.Event()
        """Set when a chat request has arrived."""
        self.hung_up = threading.Event()
        """Set when the client closed the connection of a chat request that was not finished."""
        self.answer: Callable[[_Handler], None] = _stream("")

    def says(self, text: str, finish_reason: str = "stop") -> None:
        """Stream ``text``; ``finish_reason`` "length" is what a reply cut off at its limit has."""
        self.answer = _stream(text, finish_reason)

    def hangs(self, after: str | None = None) -> None:
        """Send headers and ``after`` (None: not even headers), then nothing, until the client hangs up."""
        self.answer = _hang(after)

    def holds(self) -> threading.Event:
        """Keep the next answers until the returned event is set."""
        held, answer = threading.Event(), self.answer

        def wait_and_answer(handler: _Handler) -> None:
            held.wait()
            answer(handler)

        self.answer = wait_and_answer
        return held

    def breaks_off(self, after: str) -> None:
        """Send ``after`` and close the connection in the middle of the stream."""
        self.answer = lambda handler: _begin(handler, after)

    def fails(self, status: int, body: str, content_type: str = "application/json") -> None:
        """Answer with this status and body (200 with a body that is no reply, 401, 500...)."""
        self.answer = lambda handler: handler.send_whole(status, body, content_type)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    backend: FakeBackend

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to print a traceback for."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.rstrip("/").endswith("/models"):
            self.send_whole(200, json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
        else:
            self.send_whole(404, json.dumps({"error": {"message": "no such page"}}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        backend = self.server.backend
        backend.requests.append(json.loads(body))
        backend.asked.set()
        self.close_connection = True
        try:
            backend.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            backend.hung_up.set()

    def send_whole(self, status: int, body: str, content_type: str = "application/json") -> None:
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def send_event(self, event: str) -> None:
        raw = f"data: {event}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        self.wfile.flush()

    def wait_for_hang_up(self) -> None:
        select.select([self.connection], [], [])
        if not self.connection.recv(1, socket.MSG_PEEK):
            self.server.backend.hung_up.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Print nothing."""


@contextmanager
def fake_backend() -> Iterator[FakeBackend]:
    """Run a fake on a free port of this machine; its ``base_url`` ends in /v1."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.backend = FakeBackend(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.backend
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port_url() -> str:
    """Return the address of a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


def _chunk(content: str, finish_reason: str | None = None) -> str:
    # OpenAI API reference, "The chat completion chunk object".
    delta = {"content": content} if content else {}
    return json.dumps(
        {
            "id": "chatcmpl-fake",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": MODEL,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }
    )


def _begin(handler: _Handler, text: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.flush()
    for start in range(0, len(text), _PIECE_CHARACTERS):
        handler.send_event(_chunk(text[start : start + _PIECE_CHARACTERS]))


def _stream(text: str, finish_reason: str = "stop") -> Callable[[_Handler], None]:
    def answer(handler: _Handler) -> None:
        _begin(handler, text)
        handler.send_event(_chunk("", finish_reason))
        handler.send_event("[DONE]")
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def _hang(after: str | None) -> Callable[[_Handler], None]:
    def answer(handler: _Handler) -> None:
        if after is not None:
            _begin(handler, after)
        handler.wait_for_hang_up()

    return answer
