"""The engine's own virtual environment: made once, complete or not there at all."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qwen_launcher.catalogue import GGUF_REQUIREMENT, EngineBuild
from qwen_launcher.errors import EngineInstallError
from qwen_launcher.locks import file_lock
from qwen_launcher.progress import Progress, Ticker, megabytes
from qwen_launcher.state import write_private
from qwen_launcher.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "complete.json"
"""Written last, so an environment without it was interrupted."""

REMEDIES = (
    ("No space left on device", "free some space and run it again"),
    ("ensurepip is not available", "install Python's venv module (on Debian and Ubuntu: `apt install python3-venv`)"),
    ("No module named venv", "install Python's venv module (on Debian and Ubuntu: `apt install python3-venv`)"),
    (
        "No matching distribution found for torch",
        "pip's package index lacks this build of PyTorch; add an index that has it to pip's configuration "
        "(`pip config set global.extra-index-url URL`)",
    ),
    (
        "No matching distribution found",
        "pip's package index cannot be reached or lacks this package; check the network and `pip config list`",
    ),
    ("Connection", "check the network and the proxy and index settings in `pip config list`"),
    ("Temporary failure in name resolution", "check the network and `pip config list`"),
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A complete environment; `version` is that of the installed vLLM."""

    build: EngineBuild
    python: Path
    version: str


def remedy_for(tail: list[str]) -> str:
    """Return what to do about a failed pip or venv, judged by its last lines."""
    text = "\n".join(tail)
    return next((remedy for pattern, remedy in REMEDIES if pattern in text), "see the message above and run it again")


def check_space(folder: Path, needed_bytes: int, purpose: str) -> None:
    """Check for room before something big is fetched.

    Raises:
        EngineInstallError: less than `needed_bytes` are free where `folder` is.
    """
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise EngineInstallError(
            f"{purpose} needs {megabytes(needed_bytes)} in {folder} and {megabytes(free)} are free; "
            "free some space or set XDG_DATA_HOME to a larger disk"
        )


def find_engine(build: EngineBuild, engines: Path) -> Engine | None:
    """Return the installed engine, or None when it is not there or not complete."""
    folder = engines / build.folder_name
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return Engine(build, folder / "bin" / "python", str(marker["version"]))
    except (OSError, ValueError, KeyError):
        return None


def ensure_engine(build: EngineBuild, engines: Path, progress: Progress) -> Engine:
    """Return the engine, installing it first when needed; a half-made environment is removed and made anew.

    Raises:
        EngineInstallError: no space, no network, or pip failed.
    """
    found = find_engine(build, engines)
    if found is not None:
        return found
    lock = engines / f"{build.folder_name}.lock"
    with file_lock(lock, lambda: progress.update("another process is installing the engine")) as lock_descriptor:
        found = find_engine(build, engines)
        if found is not None:
            return found
        folder = engines / build.folder_name
        if folder.exists():
            progress.update("removing a half-made engine environment")
            shutil.rmtree(folder)
        check_space(engines, build.needed_bytes, f"the engine ({build.name})")
        return _Installer(build, folder, lock_descriptor, progress).install()


class _Installer:
    """One installation, under the lock."""

    def __init__(self, build: EngineBuild, folder: Path, lock_descriptor: int, progress: Progress) -> None:
        self._build = build
        self._folder = folder
        self._python = folder / "bin" / "python"
        self._lock_descriptor = lock_descriptor
        self._progress = progress
        self._used_before = shutil.disk_usage(folder.parent).used
        self._step = ""

    def install(self) -> Engine:
        with Ticker(self._show):
            self._run("making an environment", [sys.executable, "-m", "venv", str(self._folder)])
            self._pip("install", self._build.requirement, GGUF_REQUIREMENT)
            if self._build.unwanted:
                self._pip("uninstall", "--yes", *self._build.unwanted)
            version = self._run(
                "checking",
                [
                    str(self._python),
                    "-I",
                    "-c",
                    f"import importlib.metadata; print(importlib.metadata.version({self._build.name!r}))",
                ],
            )[-1]
        write_private(self._folder / MARKER, json.dumps({"requirement": self._build.requirement, "version": version}))
        return Engine(self._build, self._python, version)

    def _pip(self, action: str, *arguments: str) -> None:
        options = ["--no-input", "--disable-pip-version-check"] + (["--progress-bar=off"] * (action == "install"))
        self._run("installing", [str(self._python), "-m", "pip", action, *options, *arguments])

    def _run(self, step: str, command: list[str]) -> list[str]:
        self._step = step

        def on_line(line: str) -> None:
            words = line.split()
            if len(words) > 1 and words[0] in {"Collecting", "Downloading", "Installing", "Using"}:
                # A wheel's file name or requirement is the second word; a whole line does not fit a terminal.
                what = "all packages" if words[1] == "collected" else words[1].rsplit("/", 1)[-1]
                self._step = f"{words[0].lower()} {what}"
            self._show()

        code, tail = run_tool(command, on_line, self._lock_descriptor)
        if code != 0:
            last = "\n".join(tail[-5:])
            raise EngineInstallError(
                f"{step} in {self._folder} failed with exit code {code}:\n{last}\nWhat to do: {remedy_for(tail)}"
            )
        return tail

    def _show(self) -> None:
        written = max(0, shutil.disk_usage(self._folder.parent).used - self._used_before)
        self._progress.update(f"engine {self._build.requirement}: {self._step} ({megabytes(written)} written)")
