"""Runs pip and the converter: long commands whose last lines matter when they fail."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from typing import TYPE_CHECKING

from qwen_launcher.command import UNSUITABLE_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TAIL_LINES = 30


def run_tool(command: Sequence[str], on_line: Callable[[str], None], lock_descriptor: int) -> tuple[int, list[str]]:
    """Return (exit code, last lines of its output) of `command`; `on_line` gets each line as it comes.

    The command inherits the lock, so that nobody works against it should this process be killed. When this process
    is interrupted, the command is ended first.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNSUITABLE_VARIABLES}
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        pass_fds=(lock_descriptor,),
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            for line in process.stdout:
                tail.append(line.rstrip())
                on_line(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    return process.returncode, list(tail)
