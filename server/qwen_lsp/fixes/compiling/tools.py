"""Run a tool that judges a text from its standard input, and reads nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LIMIT_S = 5.0
# Each could make the tool load code or settings of somebody else.
_NOT_FOR_TOOLS = ("NODE_", "RUFF_", "PYTHON")


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool printed, and its exit status."""

    status: int
    stdout: str
    stderr: str


def run_tool(name: str, arguments: Sequence[str], text: str) -> ToolResult | None:
    """Return what the installed tool ``name`` says about ``text``; None where it is not installed or takes too long.

    Tools are those of the user's PATH or beside this Python, never of the workspace: a workspace must not decide what
    runs.
    """
    beside = Path(sys.executable).with_name(name)
    executable = shutil.which(name) or (str(beside) if beside.is_file() else None)
    if executable is None:
        return None
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_FOR_TOOLS)}
    try:
        done = subprocess.run(
            [executable, *arguments],
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=_LIMIT_S,
            cwd=tempfile.gettempdir(),
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ToolResult(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
