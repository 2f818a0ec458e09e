#!/usr/bin/env python3
"""A FAKE engine: takes vLLM's flags and answers like its server, but serves no model.

It stands in where a test is about locks, crashes and processes. FAKE_ENGINE chooses what it does: `serve` (default),
`crash` (prints what vLLM 0.32 prints and ends), `hang` (listens to nobody), `stubborn` (serves, and has a child
that ignores SIGTERM), or `gate` (serves as soon as the file FAKE_ENGINE_GATE exists). `MODE:MODEL` is for that model
only; the others are served. While it serves, files in the folder FAKE_ENGINE_FOLDER change it: `stuck` (generates
nothing more and takes no step), `errors` (holds the number of failed requests that it reports).
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CRASH = """\
(EngineCore pid=1) INFO 11-22 17:35:50 [cpu_model_runner.py:68] Starting to load model /m...
(EngineCore pid=1) ERROR ValueError: To serve at least one request with the model's max seq len (16384), (0.44 GiB \
KV cache is needed, which is larger than the available KV cache memory (0.1 GiB).
(APIServer pid=0) RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}
"""


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-m")
    parser.add_argument("--served-model-name")
    parser.add_argument("--port", type=int)
    parser.add_argument("--max-model-len", type=int)
    options, _rest = parser.parse_known_args()
    sys.stdout.write("This is a fake engine: it serves no model.\nStarting to load model fake\n")
    sys.stdout.flush()
    mode, _, only_model = os.environ.get("FAKE_ENGINE", "serve").partition(":")
    if only_model not in {"", options.served_model_name}:
        mode = "serve"
    folder = Path(os.environ.get("FAKE_ENGINE_FOLDER", "/nonexistent"))
    steps = itertools.count(1)
    taken = 0
    if mode == "crash":
        sys.exit(CRASH)
    # Like vLLM's EngineCore: a child in the same session that outlives a killed parent.
    ignore = "signal.signal(15, signal.SIG_IGN); " if mode == "stubborn" else ""
    subprocess.Popen([sys.executable, "-c", f"import signal; {ignore}signal.pause()"])
    if mode == "hang":
        threading.Event().wait()
    while mode == "gate" and not Path(os.environ["FAKE_ENGINE_GATE"]).exists():
        time.sleep(0.05)

    class Handler(BaseHTTPRequestHandler):
        """The endpoints that the launcher asks."""

        def answer(self, body: object) -> None:
            authorized = self.headers.get("Authorization") == f"Bearer {os.environ['VLLM_API_KEY']}"
            status = 200 if authorized or self.path == "/health" else 401
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body if status == 200 else {}).encode())

        def metrics(self) -> None:
            errors = int((folder / "errors").read_text()) if (folder / "errors").exists() else 0
            self.send_response(200)
            self.end_headers()
            lines = (
                "vllm:num_requests_running 0.0",
                f"vllm:iteration_tokens_total_count {taken}.0",
                f'vllm:request_success_total{{finished_reason="stop"}} {taken}.0',
                f'vllm:request_success_total{{finished_reason="error"}} {errors}.0',
            )
            self.wfile.write(("\n".join(lines) + "\n").encode())

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self.metrics()
                return
            listed = {"id": options.served_model_name, "max_model_len": options.max_model_len}
            self.answer({"data": [listed]})

        def do_POST(self) -> None:
            nonlocal taken
            self.rfile.read(int(self.headers["Content-Length"]))
            if (folder / "stuck").exists():
                threading.Event().wait()
            taken = next(steps)
            self.answer({"choices": [{"text": "x"}]})

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
