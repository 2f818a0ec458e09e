"""Start, stop and status: composes the steps; the only module that knows their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from qwen_launcher import presets
from qwen_launcher.command import LaunchConfig
from qwen_launcher.engine import Engine, ensure_engine
from qwen_launcher.errors import LauncherError
from qwen_launcher.health import served_context, wait_until_ready
from qwen_launcher.locks import file_lock
from qwen_launcher.models import ResolvedModel, ensure_model, resolve
from qwen_launcher.process import check_port, end, free_port, members, spawn
from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state, write_state

if TYPE_CHECKING:
    from qwen_launcher.folders import Folders
    from qwen_launcher.hardware import Hardware
    from qwen_launcher.presets import Preset
    from qwen_launcher.progress import Progress

START_LOCK = "start.lock"
START_TIMEOUT_S = 1800.0
"""A cold start takes minutes; a hub model is downloaded within it."""


class BackendStatus(StrEnum):
    """What is known of the backend at a moment."""

    READY = "ready"
    STARTING = "starting"
    UNRESPONSIVE = "unresponsive"
    ORPHANED = "orphaned"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What the user asked for; None leaves it to the preset. `max_model_len` is in tokens."""

    model: str | None = None
    max_model_len: int | None = None
    port: int | None = None
    timeout_s: float = START_TIMEOUT_S


def plan(request: StartRequest, hardware: Hardware, folders: Folders) -> tuple[Preset, ResolvedModel]:
    """Return what will be served and how; nothing is downloaded.

    Raises:
        LauncherError: the machine can serve nothing, or the model is unknown.
    """
    preset = presets.choose(hardware, request.model)
    if request.max_model_len is not None:
        preset = replace(preset, max_model_len=request.max_model_len, context_estimate=request.max_model_len)
    return preset, resolve(preset.model, folders.models)


def launch_config(
    preset: Preset, model: ResolvedModel, engine: Engine, port: int, hardware: Hardware, folders: Folders
) -> LaunchConfig:
    """Return the configuration of the engine."""
    return LaunchConfig(
        preset=preset,
        python=engine.python,
        model=model.source,
        model_is_local=model.is_local,
        served_name=model.served_name,
        port=port,
        cpus=hardware.cpus,
        compile_cache=folders.compile_cache,
    )


def pull(preset: Preset, model: ResolvedModel, folders: Folders, progress: Progress) -> Engine:
    """Make the engine and the model available and return the engine; a hub model is left to the engine's start.

    Raises:
        LauncherError: no network, no space, or something damaged.
    """
    folders.make()
    engine = ensure_engine(preset.engine, folders.engines, progress)
    if model.catalogue is not None:
        ensure_model(model.catalogue, folders.models, engine, progress)
    return engine


def status(folders: Folders) -> tuple[BackendStatus, BackendState | None]:
    """Return what runs; the state is None when nothing does."""
    state = read_state(folders.run / BACKEND)
    if state is not None and is_alive(state):
        ready = served_context(state) is not None
        return (BackendStatus.READY if ready else BackendStatus.UNRESPONSIVE), state
    starting = read_state(folders.run / STARTING)
    if starting is not None and is_alive(starting):
        return BackendStatus.STARTING, starting
    for left in (state, starting):
        if left is not None and members(left):
            return BackendStatus.ORPHANED, left
    return BackendStatus.STOPPED, None


def running_backend(request: StartRequest, folders: Folders) -> BackendState | None:
    """Return the ready backend when it is the one asked for; None when there is none.

    Raises:
        LauncherError: another model is being served.
    """
    found, state = status(folders)
    if found is not BackendStatus.READY or state is None:
        return None
    if request.model is not None and resolve(request.model, folders.models).served_name != state.model:
        raise LauncherError(
            f"{state.model} is being served at {state.base_url}, not {request.model}; "
            "run `qwen-launcher stop` first (it ends the backend for every editor window)"
        )
    return state


def start(request: StartRequest, hardware: Hardware, folders: Folders, progress: Progress) -> BackendState:
    """Return the state of a ready backend, starting it when none is; two callers start one.

    Raises:
        LauncherError: it cannot be had; nothing is left running then.
    """
    folders.make()
    running = running_backend(request, folders)
    if running is not None:
        return running
    preset, model = plan(request, hardware, folders)
    engine = pull(preset, model, folders, progress)
    with file_lock(folders.run / START_LOCK, lambda: progress.update("another process is starting the engine")):
        running = running_backend(request, folders)
        if running is not None:
            return running
        clean_up(folders)
        if request.port is not None:
            check_port(request.port)
        config = launch_config(preset, model, engine, request.port or free_port(), hardware, folders)
        return _spawn_and_wait(config, engine, folders, progress, request.timeout_s)


def _spawn_and_wait(
    config: LaunchConfig, engine: Engine, folders: Folders, progress: Progress, timeout_s: float
) -> BackendState:
    state, process = spawn(config, engine, folders)
    try:
        write_state(folders.run / STARTING, state)
        ready = wait_until_ready(state, folders.log, progress, timeout_s, process.poll)
        write_state(folders.run / BACKEND, ready)
    except BaseException:
        # Also on Ctrl-C: an engine that nobody waits for would hold the memory.
        end(state)
        process.wait()
        (folders.run / BACKEND).unlink(missing_ok=True)
        raise
    finally:
        (folders.run / STARTING).unlink(missing_ok=True)
    # It goes on without us; said so, or its Popen object would warn of a running child.
    process.returncode = 0
    return ready


def clean_up(folders: Folders) -> bool:
    """End what is left of earlier backends and remove their state; return whether anything ran.

    That is: an engine whose starter was killed, one that answers no more, and children of a killed API server.
    """
    ended = False
    for name in (STARTING, BACKEND):
        path = folders.run / name
        state = read_state(path)
        if state is not None:
            ended = end(state) or ended
        path.unlink(missing_ok=True)
    folders.api_key.unlink(missing_ok=True)
    return ended


def stop(folders: Folders) -> bool:
    """End the backend, also one that is only starting; return whether anything ran."""
    return clean_up(folders) if folders.run.is_dir() else False


def memory_bytes(state: BackendState) -> int:
    """Return the memory that the engine's processes hold together (shared pages are counted in each)."""
    return sum(process.memory_info().rss for process in members(state))
