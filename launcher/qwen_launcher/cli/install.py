"""Commands about what is installed and what would be run: pull, models, command."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING

from qwen_launcher import planning
from qwen_launcher.catalogue import CATALOGUE
from qwen_launcher.cli.terminal import ENGINE_ARGS_HELP, MODEL_HELP, detect_hardware, positive
from qwen_launcher.command import build_command, build_variables
from qwen_launcher.errors import LauncherError
from qwen_launcher.models import is_installed
from qwen_launcher.progress import JsonProgress, megabytes
from qwen_launcher.versions import FILE, Version, read_versions

if TYPE_CHECKING:
    import argparse

    from qwen_launcher.cli.terminal import Commands, Terminal


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    pull = commands.add_parser("pull", help="install the engine and fetch a model, without starting it")
    pull.add_argument("model", nargs="?", metavar="MODEL", help=MODEL_HELP)
    pull.add_argument("--engine", metavar="VERSION", help="version of vLLM; default: the tested one")
    pull.add_argument("--json", action="store_true", help="progress and error as JSON lines on stdout")
    pull.set_defaults(run=_pull)
    command = commands.add_parser("command", help="print the engine's command line that `start` would use")
    command.add_argument("--model", metavar="MODEL", help=MODEL_HELP)
    command.add_argument("--max-model-len", type=positive, metavar="TOKENS", help="prompt and reply together")
    command.add_argument("--port", type=positive, help="default: a free one")
    command.add_argument("engine_args", nargs="*", metavar="-- ENGINE_ARG", help=ENGINE_ARGS_HELP)
    command.set_defaults(run=_command)
    models = commands.add_parser("models", help="list the models known by name")
    models.set_defaults(run=_models)


def _pull(options: argparse.Namespace, terminal: Terminal) -> int:
    progress = JsonProgress(sys.stdout) if options.json else terminal.progress
    try:
        preset, model = planning.plan(
            Version(options.model, engine=options.engine), detect_hardware(), terminal.folders
        )
        engine = planning.pull(preset, model, terminal.folders, progress)
    except LauncherError as error:
        if options.json:
            print(json.dumps({"error": str(error)}))
        raise
    if options.json:
        return 0
    progress.clear()
    print(f"engine {engine.build.name} {engine.version}: {engine.python.parent.parent}")
    where = model.source if model.is_local else "is fetched from the model hub by the first `qwen-launcher start`"
    print(f"model {model.served_name}: {where}")
    return 0


def _command(options: argparse.Namespace, terminal: Terminal) -> int:
    folders = terminal.folders
    kept = read_versions(folders.data / FILE).served
    version = Version(options.model, options.max_model_len, options.port, engine_args=options.engine_args).over(kept)
    hardware = detect_hardware()
    config = planning.next_config(version, hardware, folders)
    print(f"# {hardware.summary}", f"# {config.served_name}: {config.preset.reason}", sep="\n")
    variables = [f"{name}={shlex.quote(value)}" for name, value in build_variables(config).items()]
    variables.append(f'VLLM_API_KEY="$(cat {shlex.quote(str(folders.api_key))})"')
    print(" \\\n  ".join([*variables, shlex.join(build_command(config))]))
    return 0


def _models(_options: argparse.Namespace, terminal: Terminal) -> int:
    for model in CATALOGUE.values():
        there = "installed" if is_installed(model, terminal.folders.models) else "not installed"
        size = megabytes(model.parts.size_bytes)
        print(f"{model.name:<20} {model.title} ({model.license}); download {size}; {there}")
    print("Also: a folder in Hugging Face form, or a model hub id such as Qwen/Qwen3-4B-Instruct-2507.")
    return 0
