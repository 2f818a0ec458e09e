"""Spawns the engine and ends it with all its children; never touches a process that the launcher did not start.

vLLM's API server has children (EngineCore, workers) that survive it when it is killed. The engine is therefore
started as the leader of a session of its own, and the session is what counts as "the engine".
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from qwen_launcher import guard
from qwen_launcher.command import HOST, LaunchConfig, build_command, build_environment
from qwen_launcher.errors import BackendStartError
from qwen_launcher.state import START_TIME_TOLERANCE_S, BackendState, is_same_start, write_private

if TYPE_CHECKING:
    from qwen_launcher.engine import Engine
    from qwen_launcher.folders import Folders

TERM_GRACE_S = 10.0
KILL_GRACE_S = 10.0
POLL_INTERVAL_S = 0.1
GUARD_GRACE_S = 6.0
"""For so long an engine outlives a killed supervisor: language servers start another one at once, which adopts it."""


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def check_port(port: int) -> None:
    """Check that `port` can be bound; vLLM itself would find out after loading the model.

    Raises:
        BackendStartError: it is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BackendStartError(
                f"cannot listen on {HOST}:{port}: {error.strerror}; give another --port, or none to have one chosen"
            ) from error


async def spawn(
    config: LaunchConfig, engine: Engine, folders: Folders
) -> tuple[BackendState, asyncio.subprocess.Process]:
    """Start the engine with a new key, under its guard; return its state (it is not ready yet) and the guard's process.

    Raises:
        BackendStartError: the engine's program cannot be run.
    """
    api_key = secrets.token_urlsafe(32)
    write_private(folders.api_key, api_key)
    if folders.log.exists():
        folders.log.replace(folders.previous_log)
    descriptor = os.open(folders.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    command = build_command(config)
    try:
        guard_process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", guard.__file__, str(folders.control), str(GUARD_GRACE_S), *command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=descriptor,
            cwd=folders.run,
            env=build_environment(config, os.environ, api_key),
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    assert guard_process.stdout is not None  # noqa: S101 - PIPE was asked for
    line = await guard_process.stdout.readline()
    try:
        pid = int(line)
        started = psutil.Process(pid).create_time()
    except (ValueError, psutil.NoSuchProcess) as error:
        await guard_process.wait()
        raise BackendStartError(
            f"{command[0]} cannot be run (see {folders.log}); "
            f"remove {engine.python.parent.parent} and run `qwen-launcher pull`"
        ) from error
    maximum = config.preset.max_model_len
    state = BackendState(
        pid=pid,
        pgid=pid,
        process_start_time=started,
        base_url=config.base_url,
        model=config.served_name,
        api_key_path=str(folders.api_key),
        max_model_len=maximum if isinstance(maximum, int) else config.preset.context_estimate,
        engine=engine.build.name,
        engine_version=engine.version,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        log_path=str(folders.log),
    )
    return state, guard_process


def members(state: BackendState) -> list[psutil.Process]:
    """Return the live processes of the engine's session; none when its id belongs to somebody else by now.

    The system does not reuse a process id while a session of that id has a member, so members without a leader are
    orphans of our engine, as long as they did not start before it.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) != state.pgid or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.pid == state.pid and not is_same_start(process, state.process_start_time):
                return []
            if process.create_time() >= state.process_start_time - START_TIME_TOLERANCE_S:
                found.append(process)
    return found


def end(state: BackendState) -> bool:
    """End all processes of the engine, first kindly; return whether there were any.

    Raises:
        BackendStartError: some survive even SIGKILL (a hanging driver or disk).
    """
    if not members(state):
        return False
    for number, grace_s in ((signal.SIGTERM, TERM_GRACE_S), (signal.SIGKILL, KILL_GRACE_S)):
        deadline = time.monotonic() + grace_s
        signalled: set[int] = set()
        while alive := members(state):
            for process in alive:
                if process.pid not in signalled:
                    signalled.add(process.pid)
                    # psutil refuses to signal a process whose id has been reused since it was listed.
                    with suppress(psutil.NoSuchProcess):
                        process.send_signal(number)
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_INTERVAL_S)
        else:
            return True
    survivors = ", ".join(str(process.pid) for process in members(state))
    raise BackendStartError(f"processes {survivors} of the engine survive SIGKILL; they hang in the system, reboot")
