"""The command line `qwen-launcher`: one module for each group of commands.

Each module has `add(commands)`, which adds its subparsers and names the function of each with
`set_defaults(run=...)`; that function takes the parsed options and a `Terminal` and returns the exit code.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from typing import TYPE_CHECKING

from qwen_launcher.cli import backend, care, install, plan, watch
from qwen_launcher.cli.terminal import Terminal
from qwen_launcher.errors import LauncherError
from qwen_launcher.folders import Folders
from qwen_launcher.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

GROUPS = (backend, install, plan, watch, care)
INTERRUPTED_EXIT_CODE = 130
EPILOG = """\
exit codes:
  0    done (`start`: the backend is ready; `status`: it is ready)
  1    failed; the message says what, where and what to do (`doctor`: something is wrong)
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
    for group in GROUPS:
        group.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    options = build_parser().parse_args(arguments)
    # A supervisor's SIGTERM cleans up like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    terminal = Terminal(Folders.of_user(), Progress(sys.stderr))
    try:
        return int(options.run(options, terminal))
    except LauncherError as error:
        terminal.progress.clear()
        print(f"qwen-launcher: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        terminal.progress.clear()
        print("qwen-launcher: interrupted; run the command again to go on", file=sys.stderr)
        return INTERRUPTED_EXIT_CODE


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
