"""Starting and stopping, with the real commands, the real supervisor and a FAKE engine: locks, crashes, leftovers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from qwen_launcher.process import GUARD_GRACE_S, members
from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state, write_state
from qwen_launcher.supervisor.client import connect

from .conftest import MODEL, User

pytestmark = pytest.mark.slow

DEADLINE_S = 120.0
ORPHAN_DEADLINE_S = 30.0
"""Ten seconds, and time for a busy machine."""
OTHER_MODEL = "qwen2.5-coder-0.5b"


def wait_for(condition, what: str, deadline_s: float = DEADLINE_S):
    """Return the first true answer of `condition`, or fail after the deadline."""
    deadline = time.monotonic() + deadline_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"no {what} within {deadline_s} s"
        time.sleep(0.05)
    return answer


def started(user: User, **variables: str) -> BackendState:
    """Return the state of a backend that `start` has made or found ready."""
    result = user.run("start", "--model", MODEL, **variables)
    assert result.returncode == 0, result.stderr
    state = read_state(user.folders.run / BACKEND)
    assert state is not None
    return state


def state_of(user: User) -> dict:
    """Return what `status --json` says."""
    return json.loads(user.run("status", "--json").stdout)


def supervisor_of(user: User) -> psutil.Process:
    """Return this user's supervisor, once those that found it there have ended."""
    return wait_for(lambda: len(found := supervisors_of(user)) == 1 and found, "sole supervisor")[0]


def supervisors_of(user: User) -> list[psutil.Process]:
    """Return the processes that run `serve` for this user."""
    found = []
    for process in psutil.process_iter():
        try:
            runtime = process.environ().get("XDG_RUNTIME_DIR")
            if process.cmdline()[-2:] == ["qwen_launcher", "serve"] and runtime == user.environment["XDG_RUNTIME_DIR"]:
                found.append(process)
        except psutil.Error:
            continue
    return found


def engines_of(user: User) -> list[psutil.Process]:
    """Return the first processes of this user's fake engines."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(user.folders.models / MODEL) in process.cmdline() and "guard.py" not in str(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_start_status_stop(user):
    """A started backend is found in the state file with its key; after `stop` nothing of it is left."""
    state = started(user)
    assert (state.model, state.max_model_len, state.pgid) == (MODEL, 16384, state.pid)
    assert (user.folders.run / "api_key").stat().st_mode & 0o777 == 0o600
    answer = user.run("status", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["state"] == "ready"
    assert json.loads(answer.stdout)["backend"]["base_url"] == state.base_url
    assert state.api_key() not in answer.stdout
    assert len(members(state)) == 2

    assert user.run("stop").stdout == "stopped\n"
    assert members(state) == []
    assert not {BACKEND, STARTING} & {path.name for path in user.folders.run.iterdir()}
    assert user.run("status").returncode == 3
    assert user.run("stop").stdout == "no backend was running\n"


def test_second_start_finds_the_first(user):
    """`start` with a ready backend answers at once and leaves it as it is; another model is refused."""
    state = started(user)
    assert started(user) == state
    refused = user.run("start", "--model", OTHER_MODEL)
    assert refused.returncode == 1
    assert "qwen-launcher stop" in refused.stderr
    assert is_alive(state)


def test_ten_starts_make_one_backend(user, tmp_path):
    """Ten `start` at once, with no supervisor yet, end in one supervisor and one engine, which all report."""
    gate = tmp_path / "gate"
    waiting = {"FAKE_ENGINE": "gate", "FAKE_ENGINE_GATE": str(gate)}
    commands = [user.popen("start", "--model", MODEL, **waiting) for _ in range(10)]

    def all_wait() -> bool:
        ended = [process.communicate() for process in commands if process.poll() is not None]
        assert not ended, ended
        return state_of(user)["leases"] == 10

    try:
        wait_for(all_wait, "ten leases", 300)
        gate.touch()
        outputs = [process.communicate(timeout=DEADLINE_S) for process in commands]
    finally:
        for process in commands:
            process.kill()
            process.communicate()
    assert [process.returncode for process in commands] == [0] * 10, outputs
    assert len({out for out, _err in outputs}) == 1
    state = read_state(user.folders.run / BACKEND)
    assert [process.pid for process in engines_of(user)] == [state.pid]
    supervisor_of(user)


def test_starts_at_the_same_moment(user):
    """Two starts of the same model that arrive together are one start, also where another model was last."""
    started(user)
    user.run("stop")
    ask = {"method": "start", "params": {"model": OTHER_MODEL}}
    with user.popen("serve") as supervisor, socket.socket(socket.AF_UNIX) as connection:
        wait_for(lambda: connection.connect_ex(str(user.folders.control)) == 0, "supervisor")
        connection.sendall(b"".join(json.dumps({"id": number, **ask}).encode() + b"\n" for number in (1, 2)))
        with connection.makefile("rb") as lines:
            answers = [json.loads(next(lines)) for _ in range(2)]
        user.run("stop")
        supervisor.terminate()
    assert [answer["result"]["model"] for answer in answers] == [OTHER_MODEL] * 2, answers


def test_crash_is_explained(user):
    """An engine that ends is reported with its own reason, a remedy and its log, and leaves nothing running."""
    result = user.run("start", "--model", MODEL, FAKE_ENGINE="crash")
    assert result.returncode == 1
    assert "16384" in result.stderr
    assert "--max-model-len" in result.stderr
    assert str(user.folders.log) in result.stderr
    assert "Traceback" not in result.stderr
    state = state_of(user)
    assert (state["state"], state["backend"]) == ("failed", None)
    assert "16384" in state["reason"]
    assert "--max-model-len" in state["remedy"]
    assert engines_of(user) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_start(user, number):
    """A start that nobody waits for any more is given up, however its command ended."""
    process = user.popen("start", "--model", MODEL, FAKE_ENGINE="hang")
    state = wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    process.send_signal(number)
    _out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == (130 if number != signal.SIGKILL else -signal.SIGKILL), err
    wait_for(lambda: not members(state), "end of the engine", ORPHAN_DEADLINE_S)
    wait_for(lambda: not (user.folders.run / STARTING).exists(), "removal of the state file")


def test_stop_while_starting(user):
    """`stop` also ends a start in progress, which says so."""
    process = user.popen("start", "--model", MODEL, FAKE_ENGINE="hang")
    state = wait_for(lambda: read_state(user.folders.run / STARTING), "starting engine")
    assert user.run("stop").stdout == "stopped\n"
    _out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1
    assert "stopped" in err
    assert members(state) == []


def test_stubborn_child_is_killed(user):
    """A child that ignores SIGTERM is killed after a grace."""
    state = started(user, FAKE_ENGINE="stubborn")
    wait_for(lambda: len(members(state)) == 2, "engine core")
    user.run("stop")
    assert members(state) == []


def test_killed_server_without_need(user):
    """When the API server is killed and nobody needs it, its children are ended and the backend is off."""
    state = started(user)
    wait_for(lambda: len(members(state)) == 2, "engine core")
    os.kill(state.pid, signal.SIGKILL)
    wait_for(lambda: not members(state), "end of the children", ORPHAN_DEADLINE_S)
    wait_for(lambda: state_of(user)["state"] == "off", "state off")
    assert started(user).pid != state.pid


def test_killed_server_with_a_lease(user):
    """When the API server is killed while an editor holds a lease, it is replaced, and the editor is told so."""
    state = started(user)
    with held_lease(user) as editor:
        os.kill(state.pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(state), "death of the server")
        seen = []
        answer = editor.request(
            "acquire", {"wait_s": DEADLINE_S, "start": False}, lambda now: seen.append(now["state"])
        )
        assert answer["base_url"] == read_state(user.folders.run / BACKEND).base_url
        assert "loading" in seen
    assert members(state) == []


def test_crash_loop_is_given_up(user):
    """An engine that crashes again and again is not started for ever: the state says why."""
    started(user)
    with held_lease(user):
        for _crash in range(3):
            backend = wait_for(lambda: read_state(user.folders.run / BACKEND), "backend")
            os.kill(backend.pid, signal.SIGKILL)
            wait_for(lambda backend=backend: read_state(user.folders.run / BACKEND) != backend, "notice of the crash")
        failed = wait_for(lambda: (now := state_of(user))["state"] == "failed" and now, "state failed")
        assert "3 crashes" in failed["reason"]
        assert failed["remedy"]


def test_killed_supervisor_alone(user):
    """When the supervisor is killed and nobody starts another one, the engine ends too."""
    state = started(user)
    supervisor_of(user).kill()
    wait_for(lambda: not members(state), "end of the engine", ORPHAN_DEADLINE_S)
    assert user.run("status").returncode == 3
    assert started(user).pid != state.pid


def test_killed_supervisor_and_its_successor(user):
    """A healthy engine that a killed supervisor left behind is adopted by the next one, and stopped by it."""
    state = started(user)
    first = supervisor_of(user)
    first.kill()
    first.wait(DEADLINE_S)
    assert started(user) == state
    # Longer than the guard's patience: it must have found the new supervisor.
    assert not eventually(lambda: not is_alive(state), GUARD_GRACE_S + 1)
    assert user.run("stop").stdout == "stopped\n"
    assert members(state) == []


def test_supervisor_without_its_socket(user):
    """A supervisor that nobody can reach any more, for its folder was removed, ends and takes the engine with it."""
    state = started(user)
    supervisor = supervisor_of(user)
    user.folders.control.unlink()
    wait_for(lambda: not members(state) and not supervisor.is_running(), "end of both", ORPHAN_DEADLINE_S)


def test_killed_guard(user):
    """When the guard is killed, the engine ends and the next start works."""
    state = started(user)
    guard = psutil.Process(state.pid).parent()
    assert "guard.py" in " ".join(guard.cmdline())
    guard.kill()
    wait_for(lambda: not members(state), "end of the engine", ORPHAN_DEADLINE_S)
    assert started(user).pid != state.pid


def test_idle_backend_is_stopped(user):
    """Without lease and work the backend and then its supervisor end after the idle time; with a lease they stay."""
    idle = {"QWEN_LAUNCHER_IDLE_MINUTES": "0.02"}
    state = started(user, **idle)
    supervisor = supervisor_of(user)
    wait_for(lambda: not members(state), "end of the engine")
    wait_for(lambda: not supervisor.is_running(), "end of the supervisor")
    assert connect(user.folders) is None

    state = started(user, **idle)
    with held_lease(user):
        assert not eventually(lambda: not members(state), 3.0)
    wait_for(lambda: not members(state), "end of the engine")


def eventually(condition, seconds: float) -> bool:
    """Return whether `condition` came true within `seconds`: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def held_lease(user: User):
    """Return a connection to the running supervisor that holds a lease."""
    editor = connect(user.folders)
    assert editor is not None
    editor.request("lease", {"client": "a test"})
    return editor


def test_killed_editor_frees_its_lease(user):
    """A lease ends with its holder's process, even when that is killed."""
    started(user)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_LEASE], env=user.environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    assert state_of(user)["leases"] == 1
    holder.kill()
    holder.communicate()
    wait_for(lambda: state_of(user)["leases"] == 0, "end of the lease")


HOLD_A_LEASE = """
import time
from qwen_launcher.folders import Folders
from qwen_launcher.supervisor.client import connect
connection = connect(Folders.of_user())
connection.request("lease", {"client": "to be killed"})
print("held", flush=True)
time.sleep(600)
"""


def test_stale_state_after_reboot(user):
    """A state file whose process id now belongs to somebody else is replaced, and that process lives on."""
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True) as innocent:
        state = started(user)
        supervisor = supervisor_of(user)
        user.run("stop")
        wait_for(lambda: not supervisor.is_running(), "end of the supervisor")
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
    assert "installing" in result.stderr or "loading" in result.stderr


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
    assert result.stderr.splitlines()[-1].startswith("qwen-launcher: ")
    assert "Traceback" not in result.stderr


def test_help_documents_exit_codes(user):
    """`--help` lists the exit codes."""
    assert "exit codes:" in user.run("--help").stdout


def test_source_names_no_registry():
    """Where packages come from is the user's pip configuration alone."""
    for source in (Path(__file__).parents[2] / "launcher").rglob("*.py"):
        assert not re.search(r"pypi\.|pythonhosted", source.read_text()), source
