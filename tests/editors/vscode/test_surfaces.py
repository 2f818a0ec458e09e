"""What surrounds the main job in VS Code, with a FAKE of the model's server: undo by the keyboard, off switches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Frame, expect

from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.fake_backend import FakeBackend, fake_backend

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> Iterator[FakeBackend]:
    """A server that offers the right fix of the shop."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, model: FakeBackend) -> ShopWindow:
    """A window whose model is the fake."""
    return open_shop(os.environ, {"qwenLsp.backend.baseUrl": model.base_url})


@pytest.fixture
def shop(window: ShopWindow) -> Iterator[ShopWindow]:
    """The window, with nothing diagnosed and no editor open at the end."""
    yield window
    window.workbench.run("Qwen: Clear the Diagnosis")
    window.workbench.run("View: Close All Editors")
    expect(window.workbench.page.locator(".tab")).to_have_count(0)


def diagnose(window: ShopWindow) -> None:
    """Begin a diagnosis of the failed tests."""
    window.workbench.copy(window.log)
    window.workbench.run("Qwen: Diagnose Error Log: Clipboard")


def from_preview(window: ShopWindow, panel: Frame) -> None:
    """The button in the title bar of the preview."""
    del panel
    window.workbench.open_quick_fixes()
    window.workbench.choose_quick_fix("Preview: Fix")
    expect(window.workbench.page.locator(".monaco-diff-editor .line-insert").first).to_be_visible()
    window.workbench.page.locator(".editor-actions").get_by_label("Apply the Fix").first.click()


def from_light_bulb(window: ShopWindow, panel: Frame) -> None:
    """The quick fix itself."""
    del panel
    window.workbench.open_quick_fixes()
    window.workbench.choose_quick_fix("Fix: ")


def from_panel(window: ShopWindow, panel: Frame) -> None:
    """The panel's button."""
    del window
    panel.get_by_role("button", name="Apply", exact=True).click()


def save(window: ShopWindow) -> str:
    """Save all files and return what the one with the fault holds."""
    window.workbench.run("File: Save All Files")
    expect(window.workbench.page.locator(".tab.dirty")).to_have_count(0)
    return window.file.read_text()


@pytest.mark.parametrize("apply", [from_preview, from_light_bulb, from_panel])
def test_undo(apply: Callable[[ShopWindow, Frame], None], shop: ShopWindow) -> None:
    """However a fix was applied, saved or not, one press of Ctrl+Z takes it back."""
    before = shop.file.read_text()
    diagnose(shop)
    panel = shop.workbench.panel()
    expect(shop.workbench.squiggles).to_have_count(1)
    apply(shop, panel)
    expect(panel.get_by_role("article")).to_contain_text("Applied")
    if apply is from_preview:
        assert save(shop) != before
    shop.workbench.page.keyboard.press("Control+z")
    expect(panel.get_by_role("article")).not_to_contain_text("Applied")
    assert save(shop) == before


def test_off_switches(shop: ShopWindow) -> None:
    """With its surfaces turned off a diagnosis marks, offers and opens nothing; the command still shows it."""
    workbench = shop.workbench
    off = ("diagnostics.enabled", "quickFixes.enabled", "panel.open", "statusItem.enabled")
    shop.served.configure(shop.settings | {f"qwenLsp.{name}": False for name in off})
    try:
        expect(workbench.status).to_be_hidden()
        diagnose(shop)
        workbench.page.locator('.tab.active[data-resource-name="basket.py"]').wait_for()
        expect(workbench.notifications.filter(has_text="Diagnosing")).to_have_count(0)
        workbench.page.keyboard.press("Control+.")
        expect(workbench.page.locator(".monaco-editor-overlaymessage")).to_contain_text("No code actions available")
        expect(workbench.squiggles).to_have_count(0)
        expect(workbench.page.locator("iframe.webview")).to_have_count(0)
        workbench.run("Qwen: Show the Result Panel")
        expect(workbench.panel().get_by_role("article")).to_contain_text("(compiles)")
    finally:
        shop.served.configure(shop.settings)
    expect(workbench.status).to_be_visible()
