"""A folder that is not trusted (VS Code's restricted mode): failures are explained, and nothing of it is run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.editors.vscode.conftest import FAULT_LINE, OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.fake_backend import FakeBackend, fake_backend

pytestmark = pytest.mark.slow

RUN = "Try fixes: run"


@pytest.fixture(scope="module")
def model() -> Iterator[FakeBackend]:
    """A server that offers the right fix of the shop."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture
def shop(open_shop: OpenShop, model: FakeBackend) -> ShopWindow:
    """A window on a folder that nobody has said to trust."""
    settings = {
        "qwenLsp.backend.baseUrl": model.base_url,
        "security.workspace.trust.enabled": True,
        "security.workspace.trust.startupPrompt": "never",
    }
    return open_shop(os.environ, settings)


def quick_fixes(shop: ShopWindow) -> list[str]:
    """Diagnose the failed tests and return the entries of the light bulb's menu."""
    workbench = shop.workbench
    workbench.copy(shop.log)
    workbench.run("Qwen: Diagnose Error Log: Clipboard")
    expect(workbench.panel().get_by_role("article")).to_contain_text("(compiles)")
    expect(workbench.squiggles).to_have_count(1)
    assert workbench.squiggle_line() == FAULT_LINE
    workbench.open_quick_fixes()
    entries = workbench.page.locator(".action-widget .monaco-list-row.action").all_inner_texts()
    workbench.page.keyboard.press("Escape")
    return entries


def test_restricted_mode(shop: ShopWindow) -> None:
    """Until the user trusts the folder, no fix is tried by running the folder's programs."""
    workbench = shop.workbench
    expect(workbench.page.locator(".part.statusbar")).to_contain_text("Restricted Mode")
    restricted = quick_fixes(shop)
    assert any(entry.startswith("Fix: ") for entry in restricted)
    assert not any(RUN in entry for entry in restricted)

    workbench.run("Workspaces: Manage Workspace Trust")
    workbench.page.locator(".workspace-trust-editor").get_by_role("button", name="Trust", exact=True).click()
    expect(workbench.page.locator(".part.statusbar")).not_to_contain_text("Restricted Mode")
    workbench.run("View: Close Editor")
    assert any(RUN in entry for entry in quick_fixes(shop))
