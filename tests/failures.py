"""Small programs that fail on purpose, the log that each left, and a hidden check of what a fix must achieve.

Each folder below ``tests/data/failures`` holds a program as its developer would have it, and beside it:

* ``case.toml``: the failing command, where it crashes, where the fault is, and the names of the hidden files;
* ``log.txt``: what the command printed, written by ``python -m tests.record_failures``;
* ``check.py`` (hidden): exits with 0 only where the program does what it promises, so that a fix that swallows the
  error, returns a default or edits the test does not pass;
* ``fix.patch`` (hidden): one right fix, as a unified diff.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwen_lsp.model import FailureKind

ROOT = Path(__file__).parent / "data" / "failures"
LIMIT_S = 20.0
TIMED_OUT = 124  # the exit status of timeout(1)

_CASE, _LOG, _CHECK, _FIX = "case.toml", "log.txt", "check.py", "fix.patch"
# A wrong fix can loop and append for ever; it must not take the machine's memory with it.
_MEMORY_LIMIT = 1 << 30


@dataclass(frozen=True)
class FailureCase:
    """A failing program; lines are 1-based and paths are relative to ``folder``.

    ``argv`` follows the interpreter. ``exception_type`` is as printed in the log. The crash is the innermost frame in
    the program's own code (for an exception group, of its only member; for ``raise ... from``, of the cause).
    ``fault_lines`` are the first and last line of the statement that is wrong; ``fault_elsewhere`` says that it is in
    another function or file than the crash. ``log`` is empty until the case has been recorded.
    """

    name: str
    folder: Path
    title: str
    argv: tuple[str, ...]
    kind: FailureKind
    exception_type: str
    crash_path: str
    crash_line: int
    fault_path: str
    fault_lines: tuple[int, int]
    fault_elsewhere: bool
    hidden: tuple[str, ...]
    log: str

    @property
    def log_path(self) -> Path:
        """Where the log is kept."""
        return self.folder / _LOG


def all_cases() -> list[FailureCase]:
    """Return every case, by name."""
    return [_load(path.parent) for path in sorted(ROOT.glob(f"*/{_CASE}"))]


def copy_workspace(case: FailureCase, target: Path) -> None:
    """Copy the program into ``target``, which must not exist, without log, check, reference fix and description."""
    hidden = {_CASE, _LOG, *case.hidden, "__pycache__"}
    shutil.copytree(case.folder, target, ignore=lambda _folder, names: hidden.intersection(names))


def run(case: FailureCase, workspace: Path, limit_s: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the case's command in ``workspace``: output merged, ``TIMED_OUT`` past the limit."""
    return _python(case.argv, workspace, limit_s)


def run_check(case: FailureCase, workspace: Path, limit_s: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the hidden check in a copy of ``workspace``."""
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch) / case.name
        shutil.copytree(workspace, copied)
        shutil.copy(case.folder / _CHECK, copied)
        return _python((_CHECK,), copied, limit_s)


def passes_check(case: FailureCase, workspace: Path, limit_s: float = LIMIT_S) -> bool:
    """Return whether the program in ``workspace`` is fixed: hidden check and failing command both exit with 0.

    Each of the two may take ``limit_s``; ``workspace`` itself is left as it is.
    """
    if run_check(case, workspace, limit_s).returncode != 0:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch) / case.name
        shutil.copytree(workspace, copied)
        return run(case, copied, limit_s).returncode == 0


def apply_reference_fix(case: FailureCase, workspace: Path) -> None:
    """Apply the case's own right fix to the program in ``workspace``.

    Raises: subprocess.CalledProcessError: the patch does not fit.
    """
    git = shutil.which("git") or "git"
    # Below a repository's folder `git apply` would silently leave out files that it does not track.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(workspace.resolve().parent)}
    subprocess.run([git, "apply", str(case.folder / _FIX)], cwd=workspace, env=environment, check=True)


def _load(folder: Path) -> FailureCase:
    table: dict[str, Any] = tomllib.loads((folder / _CASE).read_text(encoding="utf-8"))
    log_path = folder / _LOG
    return FailureCase(
        name=folder.name,
        folder=folder,
        title=table["title"],
        argv=tuple(table["command"]),
        kind=FailureKind(table["kind"]),
        exception_type=table["exception_type"],
        crash_path=table["crash"]["path"],
        crash_line=table["crash"]["line"],
        fault_path=table["fault"]["path"],
        fault_lines=(table["fault"]["first_line"], table["fault"]["last_line"]),
        fault_elsewhere=table["fault_elsewhere"],
        hidden=tuple(table["hidden"]),
        log=log_path.read_text(encoding="utf-8") if log_path.exists() else "",
    )


def _python(argv: tuple[str, ...], folder: Path, limit_s: float) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(
        [sys.executable, *argv],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with process:
        resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
        try:
            output, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return subprocess.CompletedProcess(process.args, TIMED_OUT, output)
    return subprocess.CompletedProcess(process.args, process.returncode, output)


def _environment() -> dict[str, str]:
    """Return an environment in which a program prints the same text each time, whoever runs it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST", "COVERAGE"))}
    kept.pop("FORCE_COLOR", None)
    return kept | {
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
