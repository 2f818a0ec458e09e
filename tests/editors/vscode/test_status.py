"""The status item says what the model does, also when it is killed: with a FAKE engine, and with the real one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from qwen_launcher.state import BACKEND, STARTING, read_state
from tests.conftest import RealBackend
from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.workbench import MODEL_DEADLINE_MS, Workbench
from tests.launcher.conftest import MODEL, User, folders, user
from tests.launcher.test_lifecycle import wait_for

__all__ = ["folders", "user"]  # fixtures

pytestmark = pytest.mark.slow


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The file whose existence lets the engine serve."""
    return tmp_path / "gate"


@pytest.fixture
def window(open_shop: OpenShop, user: User, gate: Path) -> ShopWindow:
    """A window whose backend's engine is the fake."""
    return open_shop(user.environment | {"FAKE_ENGINE": "gate", "FAKE_ENGINE_GATE": str(gate)}, {})


def choose(window: ShopWindow, entry: str) -> None:
    """Choose an entry of the status item's menu."""
    window.workbench.status.click()
    window.workbench.quick_pick.filter(has_text=entry).click()


def kill(user: User, name: str) -> None:
    """Kill the engine that the state file of this name speaks of, once there is one."""
    os.kill(wait_for(lambda: read_state(user.folders.run / name), f"an engine in {name}").pid, signal.SIGKILL)


def tooltip(workbench: Workbench) -> str:
    """Return what the item says to who points at it."""
    return workbench.status.locator("a[aria-label]").get_attribute("aria-label") or ""


def test_states(window: ShopWindow, user: User, gate: Path) -> None:
    """Off, starting with its stage, ready, starting again after the engine was killed, ready, and off."""
    workbench = window.workbench
    workbench.expect_status("Qwen: off")
    choose(window, "Start the Model")
    workbench.expect_status("loading")
    gate.touch()
    workbench.expect_status(f"Qwen: {MODEL}")
    gate.unlink()
    kill(user, BACKEND)
    workbench.expect_status("loading")
    gate.touch()
    workbench.expect_status(f"Qwen: {MODEL}")
    choose(window, "Stop the Model")
    workbench.expect_status("Qwen: off")


def test_failure(open_shop: OpenShop, user: User) -> None:
    """An engine that cannot start is shown as failed, and the item says why and what to do."""
    workbench = open_shop(user.environment | {"FAKE_ENGINE": "crash"}, {}).workbench
    workbench.expect_status("Qwen: off")
    workbench.run("Qwen: Start the Model")
    workbench.expect_status("Qwen: failed")
    label = tooltip(workbench)
    assert "max seq len" in label or "context" in label, label


@pytest.mark.model
def test_states_of_the_real_engine(open_shop: OpenShop, real_backend: RealBackend, real_user: User) -> None:
    """Ready, killed and back, busy, off, failed where it is killed while it starts, and ready once more."""
    window = open_shop(real_backend.environment, {})
    workbench = window.workbench
    workbench.expect_status(f"Qwen: {MODEL}")
    kill(real_user, BACKEND)
    workbench.expect_status("loading")
    workbench.expect_status(f"Qwen: {MODEL}", MODEL_DEADLINE_MS)
    workbench.copy(window.log)
    workbench.run("Qwen: Diagnose Error Log: Clipboard")
    workbench.expect_status("busy")
    workbench.panel(MODEL_DEADLINE_MS).get_by_role("article").first.wait_for(timeout=MODEL_DEADLINE_MS)
    choose(window, "Stop the Model")
    workbench.expect_status("Qwen: off")
    choose(window, "Start the Model")
    workbench.expect_status("loading")
    kill(real_user, STARTING)
    workbench.expect_status("Qwen: failed")
    assert "killed" in tooltip(workbench)
    choose(window, "Start the Model")
    workbench.expect_status("loading")
    workbench.expect_status(f"Qwen: {MODEL}", MODEL_DEADLINE_MS)
