"""The command line `qwen-launcher`."""

from __future__ import annotations

import argparse
import json
import logging
import shlex
import signal
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from qwen_launcher import lifecycle
from qwen_launcher.catalogue import CATALOGUE
from qwen_launcher.command import build_command, build_variables
from qwen_launcher.engine import Engine, find_engine
from qwen_launcher.errors import LauncherError
from qwen_launcher.folders import Folders
from qwen_launcher.hardware import Hardware, detect
from qwen_launcher.lifecycle import BackendStatus, StartRequest
from qwen_launcher.models import is_installed
from qwen_launcher.process import free_port
from qwen_launcher.progress import Progress, megabytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

NOT_RUNNING_EXIT_CODE = 3
INTERRUPTED_EXIT_CODE = 130
EPILOG = """\
exit codes:
  0    done (`start`: the backend is ready; `status`: it is ready)
  1    failed; the message says what, where and what to do
  2    wrong usage
  3    `status`: no backend is ready
  4    this machine cannot serve any known model
  130  interrupted; what was downloaded is kept, nothing is left running
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="qwen-launcher",
        description="Gets, starts and stops the vLLM that serves a Qwen model on this machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    model_help = "a name that `models` lists, a folder, or a model hub id; default: what suits this machine"

    pull = commands.add_parser("pull", help="install the engine and fetch a model, without starting it")
    pull.add_argument("model", nargs="?", metavar="MODEL", help=model_help)

    start = commands.add_parser("start", help="start the backend (and pull first, if needed); returns when it is ready")
    command = commands.add_parser("command", help="print the engine's command line that `start` would use")
    for subparser in (start, command):
        subparser.add_argument("--model", metavar="MODEL", help=model_help)
        subparser.add_argument("--max-model-len", type=positive, metavar="TOKENS", help="prompt and reply together")
        subparser.add_argument("--port", type=positive, help="default: a free one")
    start.add_argument(
        "--timeout",
        type=positive,
        default=int(lifecycle.START_TIMEOUT_S),
        metavar="SECONDS",
        help="give up when the engine is not ready by then (default: %(default)s)",
    )

    commands.add_parser("stop", help="stop the backend, for every editor window")
    status = commands.add_parser("status", help="say whether the backend runs, what it serves and where")
    status.add_argument("--json", action="store_true", help="machine-readable; holds the key's path, not the key")
    commands.add_parser("models", help="list the models known by name")
    return parser


def positive(text: str) -> int:
    """Return a positive number, for argparse."""
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    options = build_parser().parse_args(arguments)
    # A supervisor's SIGTERM cleans up like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    progress = Progress(sys.stderr)
    try:
        return int(COMMANDS[options.command](options, Folders.of_user(), progress))
    except LauncherError as error:
        progress.clear()
        print(f"qwen-launcher: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        progress.clear()
        print("qwen-launcher: interrupted; run the command again to go on", file=sys.stderr)
        return INTERRUPTED_EXIT_CODE


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _hardware() -> Hardware:
    hardware = detect()
    for problem in hardware.problems:
        print(f"qwen-launcher: {problem}", file=sys.stderr)
    return hardware


def _pull(options: argparse.Namespace, folders: Folders, progress: Progress) -> int:
    preset, model = lifecycle.plan(StartRequest(model=options.model), _hardware(), folders)
    engine = lifecycle.pull(preset, model, folders, progress)
    progress.clear()
    print(f"engine {engine.build.name} {engine.version}: {engine.python.parent.parent}")
    where = model.source if model.is_local else "is fetched from the model hub by the first `qwen-launcher start`"
    print(f"model {model.served_name}: {where}")
    return 0


def _start(options: argparse.Namespace, folders: Folders, progress: Progress) -> int:
    request = _request(options)
    state = lifecycle.start(request, _hardware(), folders, progress)
    progress.clear()
    print(f"ready: {state.model} at {state.base_url}, {state.max_model_len} tokens of context")
    return 0


def _request(options: argparse.Namespace) -> StartRequest:
    timeout_s = float(getattr(options, "timeout", lifecycle.START_TIMEOUT_S))
    return StartRequest(options.model, options.max_model_len, options.port, timeout_s)


def _stop(_options: argparse.Namespace, folders: Folders, _progress: Progress) -> int:
    print("stopped" if lifecycle.stop(folders) else "no backend was running")
    return 0


def _status(options: argparse.Namespace, folders: Folders, _progress: Progress) -> int:
    found, state = lifecycle.status(folders)
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


def _command(options: argparse.Namespace, folders: Folders, _progress: Progress) -> int:
    request, hardware = _request(options), _hardware()
    preset, model = lifecycle.plan(request, hardware, folders)
    build = preset.engine
    planned = Engine(build, folders.engines / build.folder_name / "bin" / "python", "not installed")
    engine = find_engine(build, folders.engines) or planned
    config = lifecycle.launch_config(preset, model, engine, request.port or free_port(), hardware, folders)
    print(f"# {hardware.summary}", f"# {preset.model}: {preset.reason}", sep="\n")
    variables = [f"{name}={shlex.quote(value)}" for name, value in build_variables(config).items()]
    variables.append(f'VLLM_API_KEY="$(cat {shlex.quote(str(folders.api_key))})"')
    print(" \\\n  ".join([*variables, shlex.join(build_command(config))]))
    return 0


def _models(_options: argparse.Namespace, folders: Folders, _progress: Progress) -> int:
    for model in CATALOGUE.values():
        there = "installed" if is_installed(model, folders.models) else "not installed"
        size = megabytes(model.parts.size_bytes)
        print(f"{model.name:<20} {model.title} ({model.license}); download {size}; {there}")
    print("Also: a folder in Hugging Face form, or a model hub id such as Qwen/Qwen3-4B-Instruct-2507.")
    return 0


COMMANDS = {
    "pull": _pull,
    "start": _start,
    "stop": _stop,
    "status": _status,
    "command": _command,
    "models": _models,
}
