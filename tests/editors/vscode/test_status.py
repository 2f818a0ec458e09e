"""The status item, with the real supervisor and a FAKE engine: it says what the model does, also when it is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from qwen_launcher.state import BACKEND, read_state
from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.launcher.conftest import MODEL, User, folders, user

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


def test_states(window: ShopWindow, user: User, gate: Path) -> None:
    """Off, starting with its stage, ready, starting again after the engine was killed, ready, and off."""
    workbench = window.workbench
    workbench.expect_status("Qwen: off")
    choose(window, "Start the Model")
    workbench.expect_status("loading")
    gate.touch()
    workbench.expect_status(f"Qwen: {MODEL}")
    gate.unlink()
    state = read_state(user.folders.run / BACKEND)
    assert state is not None
    os.kill(state.pid, signal.SIGKILL)
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
    label = workbench.status.locator("a[aria-label]").get_attribute("aria-label") or ""
    assert "max seq len" in label or "context" in label, label
