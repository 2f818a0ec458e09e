"""Commands that run the backend: start, stop, status."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from qwen_launcher import lifecycle
from qwen_launcher.cli.terminal import MODEL_HELP, detect_hardware, positive
from qwen_launcher.lifecycle import BackendStatus, StartRequest
from qwen_launcher.progress import megabytes

if TYPE_CHECKING:
    import argparse

    from qwen_launcher.cli.terminal import Commands, Terminal

NOT_RUNNING_EXIT_CODE = 3


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    start = commands.add_parser("start", help="start the backend (and pull first, if needed); returns when it is ready")
    start.add_argument("--model", metavar="MODEL", help=MODEL_HELP)
    start.add_argument("--max-model-len", type=positive, metavar="TOKENS", help="prompt and reply together")
    start.add_argument("--port", type=positive, help="default: a free one")
    start.add_argument(
        "--timeout",
        type=positive,
        default=int(lifecycle.START_TIMEOUT_S),
        metavar="SECONDS",
        help="give up when the engine is not ready by then (default: %(default)s)",
    )
    start.set_defaults(run=_start)
    stop = commands.add_parser("stop", help="stop the backend, for every editor window")
    stop.set_defaults(run=_stop)
    status = commands.add_parser("status", help="say whether the backend runs, what it serves and where")
    status.add_argument("--json", action="store_true", help="machine-readable; holds the key's path, not the key")
    status.set_defaults(run=_status)


def _start(options: argparse.Namespace, terminal: Terminal) -> int:
    request = StartRequest(options.model, options.max_model_len, options.port, float(options.timeout))
    state = lifecycle.start(request, detect_hardware(), terminal.folders, terminal.progress)
    terminal.progress.clear()
    print(f"ready: {state.model} at {state.base_url}, {state.max_model_len} tokens of context")
    return 0


def _stop(_options: argparse.Namespace, terminal: Terminal) -> int:
    print("stopped" if lifecycle.stop(terminal.folders) else "no backend was running")
    return 0


def _status(options: argparse.Namespace, terminal: Terminal) -> int:
    found, state = lifecycle.status(terminal.folders)
    if options.json:
        print(json.dumps({"status": found, "backend": None if state is None else asdict(state)}, indent=2))
    elif state is None:
        print("stopped; `qwen-launcher start` starts the backend")
    else:
        print(f"{found}: {state.model} at {state.base_url}")
        print(f"  {state.max_model_len} tokens of context, {state.engine} {state.engine_version}")
        print(f"  process {state.pid} since {state.started_at}, {megabytes(lifecycle.memory_bytes(state))} of memory")
        print(f"  log: {state.log_path}")
        if found in {BackendStatus.UNRESPONSIVE, BackendStatus.ORPHANED}:
            print("  `qwen-launcher start` replaces it, `qwen-launcher stop` ends it")
    return 0 if found is BackendStatus.READY else NOT_RUNNING_EXIT_CODE
