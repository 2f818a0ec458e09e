"""A user of their own for each test, with a fake engine where a test asks for one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from qwen_launcher import hardware, presets
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE
from qwen_launcher.engine import MARKER
from qwen_launcher.folders import Folders
from qwen_launcher.models import RECORD, _record
from qwen_launcher.progress import Progress

REPOSITORY = Path(__file__).parents[2]
MODEL = presets.cpu_preset(hardware.detect()).model
"""What suits the processors of this machine."""


@dataclass
class User:
    """Somebody with folders of their own who runs `qwen-launcher` as a command."""

    folders: Folders
    environment: dict[str, str]

    def popen(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command; `variables` are added to its environment."""
        return subprocess.Popen(
            [sys.executable, "-m", "qwen_launcher", *arguments],
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.popen(*arguments, **variables) as process:
            try:
                out, err = process.communicate(timeout=900)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def progress() -> Progress:
    """Progress that nobody sees."""
    return Progress(io.StringIO())


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders that exist and are empty."""
    made = Folders(tmp_path / "data" / "qwen-lsp", tmp_path / "cache" / "qwen-lsp", tmp_path / "runtime" / "qwen-lsp")
    made.make()
    return made


@pytest.fixture
def user(folders: Folders, tmp_path: Path):
    """A user whose engine is the fake one; what they leave running is stopped."""
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PYTHONPATH": str(REPOSITORY / "launcher"),
        "CUDA_VISIBLE_DEVICES": "",
    }
    python = folders.engines / CPU_ENGINE.folder_name / "bin" / "python"
    python.parent.mkdir(parents=True)
    fake = Path(__file__).with_name("fake_engine.py")
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n')
    python.chmod(0o755)
    (python.parents[1] / MARKER).write_text(json.dumps({"version": "0-fake"}))
    for model in CATALOGUE.values():
        (folders.models / model.name).mkdir()
        (folders.models / model.name / RECORD).write_text(json.dumps(_record(model)))
    user = User(folders, environment)
    yield user
    user.run("stop")
