"""Commands that run the backend."""

from __future__ import annotations

import json
import logging
import os
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

from qwen_launcher.cli.terminal import ENGINE_ARGS_HELP, MODEL_HELP, positive
from qwen_launcher.errors import LauncherError
from qwen_launcher.locks import try_lock
from qwen_launcher.process import members
from qwen_launcher.progress import megabytes
from qwen_launcher.state import BackendState
from qwen_launcher.supervisor.backend import Timing
from qwen_launcher.supervisor.client import SupervisorConnection, connect, connect_or_start
from qwen_launcher.supervisor.engine_run import clean_up
from qwen_launcher.supervisor.serve import serve
from qwen_launcher.supervisor.snapshot import SERVING, Phase, Snapshot
from qwen_launcher.versions import FIELDS

if TYPE_CHECKING:
    import argparse

    from qwen_launcher.cli.terminal import Commands, Terminal

NOT_RUNNING_EXIT_CODE = 3
STATUS_TIMEOUT_S = 10.0
MAX_LOG_BYTES = 1_000_000
IDLE_VARIABLE = "QWEN_LAUNCHER_IDLE_MINUTES"


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    start = commands.add_parser("start", help="start the backend (and pull first, if needed); returns when it is ready")
    trial = commands.add_parser("try", help="serve another model or engine on trial; what fails is rolled back")
    for subparser in (start, trial):
        subparser.add_argument("--model", metavar="MODEL", help=MODEL_HELP)
        subparser.add_argument("--max-model-len", type=positive, metavar="TOKENS", help="prompt and reply together")
        subparser.add_argument("--port", type=positive, help="default: a free one")
        subparser.add_argument("--engine", metavar="VERSION", help="version of vLLM; default: the tested one")
        subparser.add_argument("engine_args", nargs="*", metavar="-- ENGINE_ARG", help=ENGINE_ARGS_HELP)
    start.set_defaults(run=_start, method="start")
    trial.set_defaults(run=_start, method="try")
    promote = commands.add_parser("promote", help="make the version on trial the stable one")
    promote.set_defaults(run=_promote)
    rollback = commands.add_parser("rollback", help="end the trial: serve the stable version again")
    rollback.set_defaults(run=_start, method="rollback")
    stop = commands.add_parser("stop", help="stop the backend, for every editor window")
    stop.set_defaults(run=_stop)
    status = commands.add_parser("status", help="say whether the backend runs, what it serves and where")
    status.add_argument("--json", action="store_true", help="the state object of docs/protocol.md")
    status.set_defaults(run=_status)
    supervisor = commands.add_parser("serve", help="be the supervisor; the other commands start it when they need it")
    supervisor.set_defaults(run=_serve)


def _start(options: argparse.Namespace, terminal: Terminal) -> int:
    wanted = {name: value for name in FIELDS if (value := getattr(options, name, None))}
    with connect_or_start(terminal.folders) as supervisor:
        state = _watched(supervisor, options.method, wanted, terminal)
    backend = state["backend"]
    print(f"ready: {backend['model']} at {backend['base_url']}, {backend['max_model_len']} tokens of context")
    if state["version"] == "latest":
        print("on trial: `qwen-launcher promote` keeps it, `qwen-launcher rollback` goes back")
    return 0


def _watched(
    supervisor: SupervisorConnection, method: str, params: dict[str, Any], terminal: Terminal
) -> dict[str, Any]:
    """Return the result of a long request, showing the states on the way there."""

    def show(state: dict[str, Any]) -> None:
        if state["state"] not in {*SERVING, Phase.OFF}:
            terminal.progress.update(_describe(state))

    # A lease, for the states; also, a start that nobody waits for any more is given up.
    supervisor.request("lease", {"client": f"qwen-launcher {method} (process {os.getpid()})"})
    result = supervisor.request(method, params, show)
    terminal.progress.clear()
    return result


def _promote(_options: argparse.Namespace, terminal: Terminal) -> int:
    with connect_or_start(terminal.folders) as supervisor:
        state = supervisor.request("promote")
    print(f"stable is now {state['model']}")
    return 0


def _stop(_options: argparse.Namespace, terminal: Terminal) -> int:
    folders = terminal.folders
    if not folders.run.is_dir():
        print("no backend was running")
        return 0
    supervisor = connect(folders)
    if supervisor is None:
        # Nobody answers for what a killed supervisor may have left.
        with try_lock(folders.supervisor_lock) as is_mine:
            if not is_mine:
                raise LauncherError("a supervisor is just starting or ending; run the command again")
            print("stopped" if clean_up(folders) else "no backend was running")
        return 0
    with supervisor:
        was_off = supervisor.request("status")["state"] in {Phase.OFF, Phase.FAILED}
        supervisor.request("stop")
    print("no backend was running" if was_off else "stopped")
    return 0


def _status(options: argparse.Namespace, terminal: Terminal) -> int:
    supervisor = connect(terminal.folders, STATUS_TIMEOUT_S)
    if supervisor is None:
        state = Snapshot().to_json()
    else:
        with supervisor:
            state = supervisor.request("status")
    if options.json:
        print(json.dumps(state, indent=2))
    else:
        _print_state(state)
    return 0 if state["state"] in SERVING else NOT_RUNNING_EXIT_CODE


def _print_state(state: dict[str, Any]) -> None:
    phase = state["state"]
    backend = None if state["backend"] is None else BackendState(**state["backend"])
    if phase == Phase.OFF:
        print("off; `qwen-launcher start` starts the backend")
    elif phase == Phase.FAILED:
        print(f"failed: {state['reason']}\n  {state['remedy']}")
    elif backend is None:
        print(_describe(state))
    else:
        memory = sum(process.memory_info().rss for process in members(backend))
        print(f"{phase}: {backend.model} at {backend.base_url} ({state['version']})")
        print(f"  {backend.max_model_len} tokens of context, {backend.engine} {backend.engine_version}")
        print(f"  process {backend.pid} since {backend.started_at}, {megabytes(memory)} of memory")
        print(f"  leases: {state['leases']}, uses in progress: {state['uses']}; log: {backend.log_path}")


def _describe(state: dict[str, Any]) -> str:
    detail = f": {state['detail']}" if state["detail"] else ""
    percent = "" if state["percent"] is None else f" ({state['percent']} %)"
    return f"{state['state']} {state['model'] or ''}{detail}{percent}"


def _serve(_options: argparse.Namespace, terminal: Terminal) -> int:
    terminal.folders.make()
    # It is started by programs that throw its output away.
    log = RotatingFileHandler(terminal.folders.supervisor_log, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", handlers=[log, logging.StreamHandler()], force=True
    )
    timing = Timing()
    minutes = os.environ.get(IDLE_VARIABLE)
    if minutes is not None:
        try:
            timing = Timing(idle_s=float(minutes) * 60)
        except ValueError as error:
            raise LauncherError(f"{IDLE_VARIABLE} is {minutes!r}; give a number of minutes") from error
    if not serve(terminal.folders, timing):
        print("a supervisor is running already; `qwen-launcher status` asks it")
    return 0
