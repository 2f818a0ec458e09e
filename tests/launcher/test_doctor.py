"""`qwen-launcher doctor`: what is wrong, why, what to do first, and a report that others may read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from qwen_launcher.care import checks_machine, checks_running, report
from qwen_launcher.care.checks_installed import safetensors_problem
from qwen_launcher.care.doctor import CHECKS, examine, is_healthy, situation_of, summary
from qwen_launcher.care.findings import Check, Finding, Situation, Status, fail, ok, warn
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE
from qwen_launcher.engine import MARKER
from qwen_launcher.folders import Folders
from qwen_launcher.hardware import Hardware
from qwen_launcher.models import RECORD, _record
from qwen_launcher.state import BACKEND, STARTING, write_state
from tests.launcher.test_state import STATE

MACHINE = Hardware((), (0, 1), 32_000_000_000, cpu_has_vectors=True)
MODEL = "qwen2.5-coder-1.5b"
FREE_BYTES = 50_000_000_000


def write_safetensors(path: Path, data: bytes = b"0123") -> None:
    """Write a safetensors file of one tensor (https://github.com/huggingface/safetensors#format)."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


@pytest.fixture
def installed(folders: Folders, monkeypatch) -> Folders:
    """Folders with an engine and a model that are whole, on a machine with enough of everything."""
    engine = folders.engines / CPU_ENGINE.folder_name
    (engine / "bin").mkdir(parents=True)
    (engine / "bin" / "python").symlink_to(sys.executable)
    (engine / MARKER).write_text(json.dumps({"version": "0.32.0"}))
    model = folders.models / MODEL
    model.mkdir()
    (model / "config.json").write_text("{}")
    write_safetensors(model / "model.safetensors")
    (model / RECORD).write_text(json.dumps(_record(CATALOGUE[MODEL])))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=FREE_BYTES))
    memory = SimpleNamespace(total=32_000_000_000, available=30_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(checks_machine, "cgroup_limits", lambda: iter(()))
    monkeypatch.setattr(checks_machine, "_run", lambda command: (0, "pip 25.0" if "--version" in command else ""))
    return folders


def examined(folders: Folders, hardware: Hardware = MACHINE, *, full: bool = False) -> dict[str, Finding]:
    """Return the findings by name."""
    return {finding.name: finding for finding in examine(situation_of(folders, hardware, full=full))}


def test_causes_come_first():
    """Each check stands after those that explain it, under a name of its own."""
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    for number, check in enumerate(CHECKS):
        assert set(check.causes) <= set(names[:number]), check.name


def test_all_well(installed):
    """On a sound installation nothing is wrong and nothing is changed."""
    before = sorted(installed.data.rglob("*"))
    findings = examined(installed)
    assert {name for name, finding in findings.items() if finding.status is not Status.OK} == set()
    assert summary(list(findings.values())) == "Nothing is wrong."
    assert sorted(installed.data.rglob("*")) == before


def broken_python(folders: Folders) -> None:
    """Take away the Python that made the engine's environment."""
    python = folders.engines / CPU_ENGINE.folder_name / "bin" / "python"
    python.unlink()
    python.symlink_to("/gone/python3")


def long_socket(folders: Folders) -> Folders:
    """Return folders whose runtime folder has a name too long for a socket."""
    return replace(folders, run=folders.run / ("long" * 30))


BREAKAGES = {
    "engine incomplete": (
        lambda f: (f.engines / CPU_ENGINE.folder_name / MARKER).unlink(),
        "engine", Status.FAIL, "incomplete", "qwen-launcher pull",
    ),
    "engine missing": (
        lambda f: shutil.rmtree(f.engines / CPU_ENGINE.folder_name),
        "engine", Status.WARN, "not installed", "qwen-launcher pull",
    ),
    "engine's Python gone": (broken_python, "engine", Status.FAIL, "/gone/python3", "remove"),
    "model truncated": (
        lambda f: os.truncate(f.models / MODEL / "model.safetensors", 70),
        "model", Status.FAIL, "has 70 bytes", "remove",
    ),
    "model without weights": (
        lambda f: (f.models / MODEL / "model.safetensors").unlink(),
        "model", Status.FAIL, "no weights", "remove",
    ),
    "model of another source": (
        lambda f: (f.models / MODEL / RECORD).write_text('{"sha256": "0"}'),
        "model", Status.FAIL, "is not what this version makes", "made anew",
    ),
    "runtime folder open to all": (
        lambda f: f.run.chmod(0o755), "folders", Status.FAIL, "mode 0755", "chmod 700",
    ),
    "key open to all": (
        lambda f: (f.api_key.write_text("k"), f.api_key.chmod(0o644)), "folders", Status.FAIL, "mode 0644", "chmod 600",
    ),
    "a file in the cache's place": (
        lambda f: (shutil.rmtree(f.cache), f.cache.write_text("")), "folders", Status.FAIL, "is no folder", "move",
    ),
    "stale state": (
        lambda f: write_state(f.run / BACKEND, replace(STATE, pid=2**22 + 1)),
        "state files", Status.WARN, "is gone", "qwen-launcher start",
    ),
    "damaged state": (
        lambda f: (f.run / STARTING).write_text("{"), "state files", Status.WARN, "cannot be read", "qwen-launcher",
    ),
    "crash in the log": (
        lambda f: f.log.write_text("ValueError: Free memory on device cuda:0 (1/24 GiB) on startup is less than x\n"),
        "last log", Status.WARN, "ended with", "memory",
    ),
    "versions unreadable": (
        lambda f: (f.data / "versions.json").write_text("{"), "caches", Status.FAIL, "versions.json", "repair",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKAGES)
def test_breakage(installed, name):
    """Each thing that is broken is found under its name, with what to do."""
    breakage, check, status, finding, remedy = BREAKAGES[name]
    breakage(installed)
    found = examined(installed)[check]
    assert found.status is status
    assert finding in found.finding
    assert remedy in (found.remedy or "")


def test_socket_path(installed):
    """A runtime folder whose name is too long for a Unix socket is found."""
    found = examined(long_socket(installed))["socket path"]
    assert found.status is Status.FAIL
    assert "107" in found.finding


@pytest.mark.parametrize(
    ("hardware", "name"),
    [
        pytest.param(replace(MACHINE, cpu_has_vectors=False), "processor", id="no AVX2"),
        pytest.param(replace(MACHINE, ram_bytes=2_000_000_000), "preset", id="little memory"),
    ],
)
def test_useless_machine(installed, hardware, name):
    """A machine that can serve nothing is said to be one, with another machine as the way out."""
    findings = examined(installed, hardware)
    assert findings[name].status is Status.FAIL
    assert findings["preset"].status is Status.FAIL
    assert "backend.baseUrl" in (findings["preset"].remedy or "")


def test_disk_before_engine(installed, monkeypatch):
    """A full disk is named as the cause of the incomplete engine, and as the first thing to mend."""
    (installed.engines / CPU_ENGINE.folder_name / MARKER).unlink()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    findings = examined(installed)
    assert list(findings).index("disk space") < list(findings).index("engine")
    assert "disk space" in findings["engine"].follows_from
    said = summary(list(findings.values()))
    assert "disk space" in said.partition("First: ")[2].partition(".")[0]
    assert "free some space" in said
    assert not is_healthy(list(findings.values()))


def test_container_limit(installed, monkeypatch):
    """A memory limit below what the launcher plans with is a warning."""
    monkeypatch.setattr(checks_machine, "cgroup_limits", lambda: iter([4_000_000_000]))
    found = examined(installed)["memory"]
    assert found.status is Status.WARN
    assert "limit" in found.finding


def test_wrong_clock(installed, monkeypatch):
    """A clock from before the installation is found."""
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    assert examined(installed)["clock"].status is Status.FAIL


def test_no_loopback(installed, monkeypatch):
    """A sandbox without a loopback interface is found."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", refuse)
    found = examined(installed)["loopback"]
    assert found.status is Status.FAIL
    assert "Network is unreachable" in found.finding


def test_index_out_of_reach(installed, monkeypatch):
    """With --full pip is asked for a package, and its failure comes with pip's own words and no path of its index."""
    words = (
        "ERROR: Could not find https://u:secret@host.example/t0ken/simple\nERROR: No matching distribution found for x"
    )
    monkeypatch.setattr(
        checks_machine, "_run", lambda command: (1, words) if "download" in command else (0, "pip 25.0")
    )
    found = examined(installed, full=True)["pip"]
    assert found.status is Status.FAIL
    assert "network" in (found.remedy or "")
    assert "host.example" in found.finding
    assert "secret" not in found.finding
    assert "t0ken" not in found.finding


def test_hashes_on_demand(installed):
    """With --full the weights' sha256 is shown, to be compared with another machine's."""
    content = (installed.models / MODEL / "model.safetensors").read_bytes()
    assert "model.safetensors has sha256" not in examined(installed)["model"].finding
    assert hashlib.sha256(content).hexdigest() in examined(installed, full=True)["model"].finding


@pytest.mark.parametrize(
    "content", [b"", b"x" * 7, b"\xff" * 20, struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 2) + b"{x"]
)
def test_damaged_weights(tmp_path, content):
    """Whatever stands in the file, it is reported and not raised."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    assert safetensors_problem(path) is not None


def test_check_that_fails_itself(installed):
    """A check that breaks is a finding, and the others run."""

    def broken(_situation: Situation):
        raise ZeroDivisionError("no such thing")

    situation = situation_of(installed, MACHINE, full=False)
    first, second = examine(situation, [Check("a", broken), Check("b", lambda _: ok("fine"))])
    assert first.status is Status.FAIL
    assert "ZeroDivisionError: no such thing" in first.finding
    assert second.status is Status.OK


def test_summary_names_the_root(installed):
    """The summary goes from what failed to its first cause, also when that is only a warning."""
    checks = [
        Check("low", lambda _: warn("little memory", "close programs")),
        Check("fine", lambda _: ok("fine")),
        Check("high", lambda _: fail("no backend", "start it"), ("low", "fine")),
    ]
    said = summary(examine(situation_of(installed, MACHINE, full=False), checks))
    assert said == "1 wrong and 1 to look at (high). First: low: little memory. What to do: close programs."


def serve_once(listener: socket.socket, answer: bytes) -> threading.Thread:
    """Answer one connection with `answer` after its first line."""

    def run() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            lines.readline()
            connection.sendall(answer)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "status", "finding"),
    [
        (b'{"id": 1, "result": {"state": "ready", "detail": "", "model": "m"}}\n', Status.OK, "state ready"),
        (
            b'{"id": 1, "result": {"state": "failed", "model": "m", "reason": "no memory", "remedy": "buy"}}\n',
            Status.FAIL,
            "no memory",
        ),
        (b"nonsense\n", Status.FAIL, "does not answer"),
        (b"", Status.FAIL, "does not answer"),
    ],
)
def test_supervisor(installed, monkeypatch, answer, status, finding):
    """What the supervisor says of itself is shown; one that says nothing useful is a failure."""
    monkeypatch.chdir(installed.run)
    with socket.socket(socket.AF_UNIX) as listener:
        # A relative name: the folder of a test can be too long for a socket.
        listener.bind(checks_running.CONTROL_SOCKET)
        listener.listen()
        thread = serve_once(listener, answer)
        found = checks_running.supervisor(situation_of(replace(installed, run=Path()), MACHINE, full=False))
        thread.join()
    assert found.status is status
    assert finding in found.finding


def test_socket_of_a_dead_supervisor(installed, monkeypatch):
    """A socket that nobody listens on is a leftover."""
    monkeypatch.chdir(installed.run)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(checks_running.CONTROL_SOCKET)
    found = checks_running.supervisor(situation_of(replace(installed, run=Path()), MACHINE, full=False))
    assert found.status is Status.WARN
    assert "was killed" in found.finding


def test_backend_that_does_not_answer(installed):
    """A live process that the state file names and that nobody can talk to is a failure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        started = psutil.Process().create_time()
        state = replace(STATE, pid=os.getpid(), pgid=os.getsid(0), process_start_time=started, base_url=url)
        write_state(installed.run / BACKEND, state)
        found = examined(installed)["backend"]
    assert found.status is Status.FAIL
    assert "does not answer" in found.finding


def test_orphan(installed, monkeypatch):
    """A process of the engine that lost its parent and that no state file names is found by its number."""
    engine = installed.engines / CPU_ENGINE.folder_name / "bin" / "python"
    command = [sys.executable, "-c", "import signal; print(flush=True); signal.pause()", str(engine)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            with_parent = examined(installed)["backend"]
            monkeypatch.setattr(checks_running, "_parent", lambda _: 1)
            found = examined(installed)["backend"]
        finally:
            process.kill()
    assert with_parent.status is Status.OK
    assert found.status is Status.FAIL
    assert str(process.pid) in found.finding


def test_report_masks_and_keeps(installed, monkeypatch):
    """The report holds findings, command, settings and logs, without a secret, and nothing in a log ends its block."""
    monkeypatch.setattr(report, "pip_settings", lambda _: ["global.index-url=https://host.example/[masked]"])
    installed.api_key.write_text("the-engines-own-key")
    installed.api_key.chmod(0o600)
    installed.log.write_text("INFO ready\n```\n# no heading\nkey the-engines-own-key, Bearer abcdefgh12345\n")
    environment = {"HF_TOKEN": "hf_abcdefghijklmnop", "VLLM_LOGGING_LEVEL": "DEBUG", "SHELL": "/bin/zsh"}
    environment |= {"HTTPS_PROXY": "http://someone:hunter22@proxy.example:3128/x"}
    situation = situation_of(installed, MACHINE, full=False)
    text = report.compose(situation, examine(situation), environment)
    for secret in ("the-engines-own-key", "abcdefgh12345", "hf_abcdefghijklmnop", "hunter22", "someone"):
        assert secret not in text
    for wanted in (
        "VLLM_LOGGING_LEVEL=DEBUG",
        "HF_TOKEN=[masked]",
        "http://proxy.example:3128",
        "serve_cpu.py",
        "INFO ready",
        "Last lines of vllm.log.1",
        "Nothing is wrong",
    ):
        assert wanted in text
    assert "SHELL" not in text
    assert "\n````text\nINFO ready\n" in text


def test_report_never_overwrites(tmp_path):
    """Also a file that came while the checks ran is left alone."""
    path = tmp_path / "report.md"
    path.write_text("mine")
    with pytest.raises(report.ReportError, match="is not overwritten"):
        report.write(path, "theirs")
    assert path.read_text() == "mine"


@pytest.fixture
def patient(user):
    """A user whose engine is Python itself, with a pip to ask, in place of a fake engine."""
    python = user.folders.engines / CPU_ENGINE.folder_name / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    return user


def test_command(patient, tmp_path):
    """The command prints all findings and writes the report once, for its owner alone."""
    path = tmp_path / "report.md"
    done = patient.run("doctor", "--report", str(path))
    assert done.returncode in {0, 1}
    assert all(check.name in done.stdout for check in CHECKS)
    assert "Traceback" not in done.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(tmp_path) not in path.read_text()
    again = patient.run("doctor", "--report", str(path))
    assert again.returncode == 1
    assert "is not overwritten" in again.stderr
    assert again.stdout == ""
    assert "is no folder" in patient.run("doctor", "--report", str(tmp_path / "no" / "report.md")).stderr


def test_json(patient):
    """For programs there is JSON; the exit code says whether something is wrong."""
    # The models of this user are empty folders with a record.
    done = patient.run("doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["ok"] is False
    model = next(finding for finding in told["findings"] if finding["name"] == "model")
    assert model["status"] == "fail"
    assert "no weights" in model["finding"]
    assert model["remedy"] in told["summary"] or told["summary"].startswith("2 wrong")


def test_home_without_anything(tmp_path):
    """On a machine that never had qwen-lsp the doctor works and makes no folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "qwen_launcher", "doctor"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "engine: vllm" in done.stdout.replace("WARN ", "")
    assert "not installed" in done.stdout
    assert "check itself failed" not in done.stdout
    assert list(tmp_path.iterdir()) == []
