"""Reach the supervisor, starting one if there is none.

Any number of processes may do that at once: of the supervisors that they start one stays, and the others end.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import platformdirs

from qwen_lsp.backend.control import ControlConnection, State
from qwen_lsp.backend.errors import BackendUnavailableError

_COMMAND = [sys.executable, "-m", "qwen_launcher", "serve"]

_START_S = 10.0
_RETRY_S = 0.05
_AFTER_END_S = 1.0
"""How long to go on trying once the process that we started has ended: it may have given way to another one."""


def control_socket() -> Path:
    """Return the path of the supervisor's socket (docs/protocol.md); it need not exist."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "qwen-lsp" if runtime and Path(runtime).is_dir() else None
    return (folder or platformdirs.user_cache_path("qwen-lsp") / "run") / "control.sock"


async def connect_or_start(on_state: Callable[[State], None]) -> ControlConnection:
    """Return a connection to the supervisor.

    Raises:
        BackendUnavailableError: there is none and none could be started, or its socket cannot be used.
    """
    path = control_socket()
    connection = await ControlConnection.open(path, on_state)
    if connection is not None:
        return connection
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + _START_S
    started, ended_s = _start(), None
    while loop.time() < deadline_s:
        await asyncio.sleep(_RETRY_S)
        connection = await ControlConnection.open(path, on_state)
        if connection is not None:
            return connection
        if started.returncode is None:
            continue
        ended_s = ended_s or loop.time()
        if loop.time() - ended_s > _AFTER_END_S:
            if started.returncode != 0:
                raise _cannot_start(f"ended at once (exit code {started.returncode})")
            # It gave way to one that was about to end, and is gone by now.
            started, ended_s = _start(), None
    raise _cannot_start(f"did not listen on {path} within {_START_S:g} s")


def _start() -> subprocess.Popen[bytes]:
    """Start a supervisor that outlives this process and holds nothing of it."""
    process = subprocess.Popen(
        _COMMAND,
        cwd="/",  # Python would import what lies in the user's folder
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Asks for its exit code, so that it leaves no zombie. (asyncio's own subprocesses are killed with their loop.)
    threading.Thread(target=process.wait, name="supervisor-wait", daemon=True).start()
    return process


def _cannot_start(why: str) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"The supervisor of the local backend could not be started: `qwen-launcher serve` {why}. Run it in a terminal "
        f"to see more, or set backend.baseUrl (QWEN_LSP_BASE_URL) to use another server."
    )
