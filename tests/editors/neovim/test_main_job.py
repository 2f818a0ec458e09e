"""The main job in real Neovim with the real model: a failure in, the fault shown, fixed, undone, and passing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RealBackend
from tests.editors.neovim.conftest import WITH_PLUGIN
from tests.editors.neovim.driver import PLUGIN, Neovim, neovim

pytestmark = pytest.mark.model

MODEL_DEADLINE_S = 600.0
DEMO = Path(__file__).parents[3] / "docs" / "demo" / "shop"
COMMAND = [sys.executable, "-B", "-m", "unittest"]


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The demonstration's program, whose total is wrong, and the log of its tests."""
    folder = tmp_path / "shop"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".git").mkdir()
    (folder / "failed.log").write_text(run_tests(folder).stderr, encoding="utf-8")
    return folder


def run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the program's tests."""
    return subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def plain_configuration() -> str:
    """Return the configuration that the help gives to those who want no plugin."""
    section = re.search(r"complete configuration: >lua\n(.*?)\n<", (PLUGIN / "doc/qwen-lsp.txt").read_text(), re.DOTALL)
    assert section is not None
    return section[1]


def diagnose_with_code_action(nvim: Neovim) -> None:
    """Open the log, select it, and choose the code action."""
    nvim.edit("failed.log")
    nvim.keys("ggVGgra")
    nvim.until("_G.offered ~= nil", "code actions for the log")
    assert nvim.lua("return _G.offered") == ["Diagnose this error log"]
    nvim.lua("_G.offered = nil")


def diagnose_with_command(nvim: Neovim) -> None:
    """Run the failing command from within the editor."""
    nvim.command(f"QwenRun {' '.join(COMMAND)}")


@pytest.mark.parametrize(
    ("version", "init", "diagnose"),
    [
        pytest.param("0.12", plain_configuration(), diagnose_with_code_action, id="no plugin"),
        pytest.param("0.11", WITH_PLUGIN, diagnose_with_command, id="plugin"),
    ],
)
def test_main_job(version: str, init: str, diagnose, demo: Path, real_backend: RealBackend) -> None:
    """From the failure to the root cause and its fix by code action, which one undo takes back; then the tests pass."""
    with neovim(demo, version, init, real_backend.environment) as nvim:
        nvim.edit("basket.py")
        before = nvim.text("basket.py")
        diagnose(nvim)
        line = nvim.until_root_cause("basket.py", deadline_s=MODEL_DEADLINE_S)
        assert "return total" in before.splitlines()[line - 1]
        nvim.command(f"buffer basket.py | {line}")
        nvim.keys("gra")
        nvim.until("_G.offered ~= nil", "code actions for the fault")
        nvim.until("vim.bo.modified", "the fix in the buffer")
        after = nvim.text("basket.py")
        assert after != before
        nvim.command("undo")
        assert nvim.text("basket.py") == before
        nvim.command("redo | write")
    assert (demo / "basket.py").read_text() == after
    assert run_tests(demo).returncode == 0
