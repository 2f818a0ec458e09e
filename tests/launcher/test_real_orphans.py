"""Killing every process of the system, one after the other, with the real engine; minutes.

What must hold: no process of the killed engine, no listening port and no lock is left after ten seconds, and the next
start works.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from qwen_launcher.process import members
from qwen_launcher.state import BACKEND, BackendState, read_state
from qwen_launcher.supervisor.client import SupervisorConnection, connect
from tests.failures import all_cases, copy_workspace, run
from tests.lsp.editor import editing

from .conftest import MODEL, User
from .test_lifecycle import supervisor_of, wait_for
from .tiny_model import write_tiny_model

pytestmark = [pytest.mark.model, pytest.mark.slow]

ORPHAN_DEADLINE_S = 30.0
"""Ten seconds, and time for a busy machine."""
START_DEADLINE_S = 900.0
IDLE_S = 4.0
CASE = next(case for case in all_cases() if case.name == "name-error-typo")


@contextmanager
def impatient(user: User, **variables: str) -> Iterator[User]:
    """Make `user` wait only seconds before an idle backend is stopped; before and after no supervisor runs."""
    idle = {"QWEN_LAUNCHER_IDLE_MINUTES": str(IDLE_S / 60), **variables}
    user = User(user.folders, user.environment | idle)
    user.run("stop")
    wait_for(lambda: not has_supervisor(user), "end of an earlier supervisor")
    yield user
    user.run("stop")
    wait_for(lambda: not has_supervisor(user), "end of the supervisor")


@pytest.fixture
def user(real_user: User) -> Iterator[User]:
    """The user of the real engine and the real model."""
    with impatient(real_user) as user:
        yield user


@pytest.fixture
def start_tiny(tmp_path: Path, real_user: User) -> tuple[str, ...]:
    """The words that start a model which loads in a second: whom the processes belong to has nothing to do with it."""
    model = write_tiny_model(tmp_path / "tiny", real_user.folders.models / MODEL)
    return ("start", "--model", str(model), "--", "--enforce-eager")


@pytest.fixture
def tiny_user(real_user: User, tmp_path: Path) -> Iterator[User]:
    """The user of the real engine who chose the tiny model, in a data folder of their own."""
    folders = replace(real_user.folders, data=tmp_path / "data" / "qwen-lsp")
    folders.data.mkdir(parents=True)
    folders.engines.symlink_to(real_user.folders.engines)
    folders.models.symlink_to(real_user.folders.models)
    with impatient(User(folders, real_user.environment), XDG_DATA_HOME=str(tmp_path / "data")) as user:
        yield user


def has_supervisor(user: User) -> bool:
    """Return whether a supervisor answers."""
    connection = connect(user.folders)
    if connection is not None:
        with connection:
            return True
    return False


def leased(user: User) -> SupervisorConnection:
    """Return a connection that holds a lease."""
    connection = connect(user.folders)
    assert connection is not None
    connection.request("lease", {"client": "a test"})
    return connection


def backend_of(user: User) -> BackendState:
    """Return the backend that is ready."""
    state = read_state(user.folders.run / BACKEND)
    assert state is not None
    return state


def part_of(user: User, name: str) -> int:
    """Return the process id of EngineCore or Worker, as the engine's log gives it."""
    found = re.findall(rf"\({name} pid=(\d+)\)", user.folders.log.read_text(errors="replace"))
    assert found, f"the log names no {name}"
    return int(found[-1])


def is_gone(state: BackendState) -> bool:
    """Return whether nothing of the engine is left: no process, no listener."""
    with socket.socket() as probe:
        is_listening = probe.connect_ex(("127.0.0.1", urlsplit(state.base_url).port)) == 0
    return not members(state) and not is_listening


async def test_killed_language_server(user: User, tmp_path: Path) -> None:
    """A language server starts the backend for its first question; killed, it leaves nothing once that is idle."""
    workspace = tmp_path / CASE.name
    copy_workspace(CASE, workspace)
    log = run(CASE, workspace).stdout
    async with editing(workspace, "", variables=user.environment, deadline_s=START_DEADLINE_S) as editor:
        await editor.diagnose(log)
        state = backend_of(user)
        editor.process.kill()
        await editor.process.wait()
        wait_for(lambda: is_gone(state), "end of the engine", IDLE_S + ORPHAN_DEADLINE_S)


def test_killed_parts_of_the_engine(tiny_user: User, start_tiny: tuple[str, ...]) -> None:
    """A killed Worker or EngineCore is noticed: all of that engine ends, and who holds a lease gets another one.

    A killed API server that nobody needs is not replaced.
    """
    user = tiny_user
    holder = user.popen(*start_tiny)
    wait_for(lambda: has_supervisor(user), "supervisor")
    with leased(user) as editor:
        assert holder.communicate(timeout=START_DEADLINE_S)[0].startswith("ready")
        for name in ("Worker", "EngineCore"):
            state = backend_of(user)
            os.kill(part_of(user, name), signal.SIGKILL)
            wait_for(lambda state=state: is_gone(state), f"end of the engine without {name}", ORPHAN_DEADLINE_S)
            answer = editor.request("acquire", {"wait_s": START_DEADLINE_S, "start": False})
            assert answer["base_url"] == backend_of(user).base_url
            editor.request("release", {"use": answer["use"]})
    state = backend_of(user)
    os.kill(state.pid, signal.SIGKILL)
    wait_for(lambda: is_gone(state), "end of the engine without its API server", ORPHAN_DEADLINE_S)
    assert user.run("status").returncode == 3


def test_killed_supervisor(tiny_user: User, start_tiny: tuple[str, ...]) -> None:
    """A successor adopts the healthy engine of a killed supervisor; without one the engine ends."""
    user = tiny_user
    holder = user.popen(*start_tiny)
    wait_for(lambda: has_supervisor(user), "supervisor")
    with leased(user):
        assert holder.communicate(timeout=START_DEADLINE_S)[0].startswith("ready")
        state = backend_of(user)
        supervisor_of(user).kill()
    assert user.run("start").returncode == 0
    assert backend_of(user) == state

    with leased(user):
        supervisor_of(user).kill()
        wait_for(lambda: is_gone(state), "end of the engine", ORPHAN_DEADLINE_S)
    assert user.run("status").returncode == 3


async def test_ten_language_servers(user: User, tmp_path: Path) -> None:
    """Ten language servers that are asked at once, with nothing running, share one vLLM, and each answers."""
    workspaces = [tmp_path / f"{number}" for number in range(10)]
    for workspace in workspaces:
        copy_workspace(CASE, workspace)
    log = run(CASE, workspaces[0]).stdout

    async def diagnosed(workspace: Path) -> list[str]:
        async with editing(workspace, "", variables=user.environment, deadline_s=START_DEADLINE_S) as editor:
            editor.open(CASE.fault_path)
            await editor.diagnose(log.replace(str(workspaces[0]), str(workspace)))
            return [str(diagnostic.code) for diagnostic in editor.shown(CASE.fault_path)]

    began = time.time()
    asking = asyncio.gather(*(diagnosed(workspace) for workspace in workspaces))
    engines: set[int] = set()
    while not asking.done():
        engines |= {process.pid for process in psutil.process_iter() if _is_engine(process, began)}
        await asyncio.wait({asking}, timeout=1)
    assert await asking == [["root-cause"]] * 10
    assert len(engines) == 1


def _is_engine(process: psutil.Process, began: float) -> bool:
    """Return whether the process is a guard, of which each engine has one, that started after `began`."""
    try:
        return any(word.endswith("guard.py") for word in process.cmdline()) and process.create_time() >= began - 1
    except psutil.Error:
        return False
