"""Starting and stopping, with the real commands and a FAKE engine: locks, crashes, leftovers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from qwen_launcher.process import members
from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state, write_state

from .conftest import MODEL, User

DEADLINE_S = 30.0


def wait_for(condition, what: str):
    """Return the first true answer of `condition`, or fail after the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"no {what} within {DEADLINE_S} s"
        time.sleep(0.05)
    return answer


def started(user: User) -> BackendState:
    """Return the state of a backend that `start` has made or found ready."""
    result = user.run("start", "--model", MODEL)
    assert result.returncode == 0, result.stderr
    state = read_state(user.folders.run / BACKEND)
    assert state is not None
    return state


def test_start_status_stop(user):
    """A started backend is found in the state file with its key; after `stop` nothing of it is left."""
    state = started(user)
    assert (state.model, state.max_model_len, state.pgid) == (MODEL, 16384, state.pid)
    assert (user.folders.run / "api_key").stat().st_mode & 0o777 == 0o600
    answer = user.run("status", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["status"] == "ready"
    assert json.loads(answer.stdout)["backend"]["base_url"] == state.base_url
    assert state.api_key() not in answer.stdout
    assert len(members(state)) == 2

    assert user.run("stop").stdout == "stopped\n"
    assert members(state) == []
    assert not {BACKEND, STARTING, "api_key"} & {path.name for path in user.folders.run.iterdir()}
    assert user.run("status").returncode == 3
    assert user.run("stop").stdout == "no backend was running\n"


def test_second_start_finds_the_first(user):
    """`start` with a ready backend answers at once and leaves it as it is; another model is refused."""
    state = started(user)
    assert started(user) == state
    refused = user.run("start", "--model", "qwen2.5-coder-0.5b")
    assert refused.returncode == 1
    assert "qwen-launcher stop" in refused.stderr
    assert is_alive(state)


def test_two_starts_make_one_backend(user, tmp_path):
    """A `start` that comes while another is at work says so, waits, and reports the same backend."""
    gate = tmp_path / "gate"
    waiting = {"FAKE_ENGINE": "gate", "FAKE_ENGINE_GATE": str(gate)}
    first = user.popen("start", "--model", MODEL, **waiting)
    wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    second = user.popen("start", "--model", MODEL, **waiting)
    assert "another process is starting the engine" in second.stderr.readline()
    gate.touch()
    outputs = [process.communicate(timeout=DEADLINE_S) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert outputs[0][0] == outputs[1][0]
    state = read_state(user.folders.run / BACKEND)
    leaders = [process for process in psutil.process_iter() if is_fake_engine(process, user)]
    assert [process.pid for process in leaders] == [state.pid]


def is_fake_engine(process: psutil.Process, user: User) -> bool:
    """Return whether the process is an engine of this test."""
    try:
        return str(user.folders.models / MODEL) in process.cmdline()
    except psutil.Error:
        return False


def test_crash_is_explained(user):
    """An engine that ends is reported with its own reason, a remedy and its log, and leaves no state."""
    result = user.run("start", "--model", MODEL, FAKE_ENGINE="crash")
    assert result.returncode == 1
    assert "max seq len (16384)" in result.stderr
    assert "give a smaller --max-model-len" in result.stderr
    assert str(user.folders.log) in result.stderr
    assert "Traceback" not in result.stderr
    assert user.run("status").returncode == 3


def test_timeout(user):
    """An engine that never gets ready is ended when the time is up."""
    result = user.run("start", "--model", MODEL, "--timeout", "1", FAKE_ENGINE="hang")
    assert result.returncode == 1
    assert "not ready after 1 s" in result.stderr
    assert not [process for process in psutil.process_iter() if is_fake_engine(process, user)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_start(user, number):
    """An interrupted `start` takes the engine with it."""
    process = user.popen("start", "--model", MODEL, FAKE_ENGINE="hang")
    state = wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    process.send_signal(number)
    _out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130, err
    assert members(state) == []
    assert not (user.folders.run / STARTING).exists()


def test_killed_start(user):
    """When `start` itself is killed, `status` still knows the engine and the next `start` replaces it."""
    process = user.popen("start", "--model", MODEL, FAKE_ENGINE="hang")
    orphan = wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    process.kill()
    process.communicate()
    assert user.run("status").stdout.startswith("starting")
    state = started(user)
    assert state.pid != orphan.pid
    assert members(orphan) == []


def test_stop_while_starting(user):
    """`stop` also ends a start in progress, which says so."""
    process = user.popen("start", "--model", MODEL, FAKE_ENGINE="hang")
    state = wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    assert user.run("stop").stdout == "stopped\n"
    _out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "ended while starting (exit code -15)" in err
    assert members(state) == []


def test_stubborn_child_is_killed(user):
    """A child that ignores SIGTERM is killed after a grace."""
    assert user.run("start", "--model", MODEL, FAKE_ENGINE="stubborn").returncode == 0
    state = read_state(user.folders.run / BACKEND)
    wait_for(lambda: len(members(state)) == 2, "engine core")
    user.run("stop")
    assert members(state) == []


@pytest.mark.parametrize("command", ["stop", "start"])
def test_killed_server_leaves_no_orphans(user, command):
    """The children of a killed API server are found and ended by the next command."""
    state = started(user)
    wait_for(lambda: len(members(state)) == 2, "engine core")
    os.kill(state.pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(state), "death of the server")
    assert user.run("status").stdout.startswith("orphaned")
    user.run(command, *(["--model", MODEL] if command == "start" else []))
    assert members(state) == []


def test_stale_state_after_reboot(user):
    """A state file whose process id now belongs to somebody else is replaced, and that process lives on."""
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True) as innocent:
        state = started(user)
        user.run("stop")
        earlier = state.process_start_time - 3600
        stale = replace(state, pid=innocent.pid, pgid=innocent.pid, process_start_time=earlier)
        write_state(user.folders.run / BACKEND, stale)
        assert user.run("status").returncode == 3
        assert started(user).pid != innocent.pid
        assert innocent.poll() is None
        innocent.kill()


def test_taken_port(user):
    """A port that somebody listens on is refused before the engine is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = user.run("start", "--model", MODEL, "--port", port)
    assert result.returncode == 1
    assert "another --port" in result.stderr
    assert not user.folders.log.exists()


def test_plain_progress(user):
    """Off a terminal progress is whole lines on stderr, and stdout holds the result alone."""
    result = user.run("start", "--model", MODEL)
    assert result.stdout.startswith("ready: ")
    assert result.stdout.count("\n") == 1
    assert "\r" not in result.stderr
    assert "engine: " in result.stderr


def test_command_prints_what_start_runs(user):
    """`command` shows the engine's command line and variables, and where the key is instead of the key."""
    result = user.run("command", "--model", MODEL, "--port", "8123")
    assert result.returncode == 0
    assert "--port 8123" in result.stdout
    assert f"$(cat {user.folders.api_key})" in result.stdout


def test_models(user):
    """`models` lists what is known and whether it is there."""
    lines = user.run("models").stdout.splitlines()
    assert any(line.startswith(MODEL) and line.endswith("; installed") for line in lines)


@pytest.mark.parametrize("arguments", [["start", "--model", "qwen9"], ["pull", "qwen9"], ["command", "--model", "/"]])
def test_wrong_model_is_a_message(user, arguments):
    """A wrong name gives a sentence, not a stack trace."""
    result = user.run(*arguments)
    assert result.returncode == 1
    assert result.stderr.startswith("qwen-launcher: ")
    assert "Traceback" not in result.stderr


def test_help_documents_exit_codes(user):
    """`--help` lists the exit codes."""
    assert "exit codes:" in user.run("--help").stdout


def test_source_names_no_registry():
    """Where packages come from is the user's pip configuration alone."""
    for source in (Path(__file__).parents[2] / "launcher").rglob("*.py"):
        assert "pypi" not in source.read_text().lower(), source
