"""The live view: what it shows, and how it behaves on a terminal and elsewhere."""

from __future__ import annotations

import io
import os
import pty
import select
import shutil
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from rich.console import Console

from qwen_launcher.watch.metrics import Measures
from qwen_launcher.watch.source import Sample, Status
from qwen_launcher.watch.top import View, render, sparkline
from tests.launcher.watch.conftest import DEADLINE_S, RECORDED

pytestmark = pytest.mark.slow

LAUNCHER = Path(__file__).parents[3] / "launcher"
NOW_S = 1_800_000_000.0


def text_of(view: View, width: int = 100) -> str:
    """Return the view as plain text."""
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=False).print(render(view))
    return stream.getvalue()


def row(text: str, name: str) -> str:
    """Return the row of a measure."""
    return next(line for line in text.splitlines() if line.startswith(name))


def test_view():
    """Each measure has its value now, its peak, and its course over the past hour; open alerts are named."""
    past = [
        Sample(NOW_S - 3000, "t", Status.UP, Measures(kv_cache_use=0.9, latency_p95_s=30.0)),
        Sample(NOW_S - 20, "t", Status.UP, Measures(kv_cache_use=0.2, latency_p95_s=12.5)),
        Sample(NOW_S, "t", Status.UP, Measures(kv_cache_use=0.1, running=2, waiting=0)),
    ]
    text = text_of(View(past[-1], past, frozenset({"kv-cache", "errors"})))
    assert "UP" in text.splitlines()[0]
    assert row(text, "KV cache use").split()[3:5] == ["10%", "90%"]
    assert "▇" in row(text, "KV cache use")
    # A request that ended within the last minute is news enough.
    assert "12.5 s" in row(text, "End-to-end latency, p95")
    assert row(text, "Prefix cache hits").split()[3:] == ["-", "-"]
    assert "open alerts: errors, kv-cache" in text


def test_view_of_a_backend_that_is_down():
    """A backend that is down shows why, and no value as if it were up."""
    past = [
        Sample(NOW_S - 10, "t", Status.UP, Measures(kv_cache_use=0.9)),
        Sample(NOW_S, "t", Status.DOWN, problem="process 7 is gone"),
    ]
    text = text_of(View(past[-1], past, frozenset()))
    assert "DOWN  process 7 is gone" in text
    assert row(text, "KV cache use").split()[3:5] == ["-", "90%"]
    assert "no open alerts" in text


@pytest.mark.parametrize(
    ("values", "top", "expected"),
    [
        ([], None, ""),
        ([None, None], None, "  "),
        ([0.0, 0.0], None, "▁▁"),
        ([0.0, None, 7.0], None, "▁ █"),
        ([0.5, 2.0], 1.0, "▅█"),
    ],
)
def test_sparkline(values, top, expected):
    """A bar for each value, a blank where nothing is known."""
    assert sparkline(values, top) == expected


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_on_a_terminal(server, tmp_path, key):
    """On a terminal the view stays, follows the metrics, and q or Ctrl-C ends it and gives the terminal back."""
    server.metrics = (RECORDED / "started.txt").read_text(encoding="utf-8")
    environment = os.environ | {
        "XDG_DATA_HOME": str(tmp_path),
        "PYTHONPATH": str(LAUNCHER),
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        "LINES": "40",
    }
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    command = [sys.executable, "-m", "qwen_launcher", "top", "--url", server.url]
    try:
        # A session of its own, with the terminal as its controlling one, so that Ctrl-C becomes a signal.
        with subprocess.Popen(
            [shutil.which("setsid"), "--ctty", "--wait", *command],
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            _read_until(ours, "q: quit")
            server.metrics = (RECORDED / "six-running.txt").read_text(encoding="utf-8")
            _read_until(ours, "2.6%")
            os.write(ours, key.encode())
            assert process.wait(timeout=DEADLINE_S) == 0
        assert termios.tcgetattr(theirs)[3] == before[3]
    finally:
        os.close(ours)
        os.close(theirs)


def _read_until(descriptor: int, text: str) -> None:
    """Read until `text` has been shown."""
    deadline, shown = time.monotonic() + DEADLINE_S, ""
    while text not in shown:
        remaining = deadline - time.monotonic()
        readable, _, _ = select.select([descriptor], [], [], max(remaining, 0))
        assert readable, f"{text!r} was not shown in:\n{shown}"
        shown += os.read(descriptor, 65536).decode("utf-8", "replace")
