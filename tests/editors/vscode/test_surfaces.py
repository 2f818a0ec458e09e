"""What surrounds the main job in VS Code, with a FAKE of the model's server: undo, off switches, tour, report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.fake_backend import FakeBackend, fake_backend

pytestmark = pytest.mark.slow

KEY = "sk-only-for-the-model"


@pytest.fixture(scope="module")
def model() -> Iterator[FakeBackend]:
    """A server that offers the right fix of the shop."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, model: FakeBackend) -> ShopWindow:
    """A window whose model is the fake, and which has a key for it."""
    return open_shop(os.environ, {"qwenLsp.backend.baseUrl": model.base_url, "qwenLsp.backend.apiKey": KEY})


@pytest.fixture
def shop(window: ShopWindow) -> Iterator[ShopWindow]:
    """The window; at the end nothing is diagnosed and the editors are closed, but for texts that were never saved."""
    yield window
    window.workbench.run("Qwen: Clear the Diagnosis")
    window.workbench.run("View: Close All Editors")


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


def test_titles(shop: ShopWindow) -> None:
    """The light bulb's menu and the preview's tab know no Markdown: what is code there stands in quotes."""
    diagnose(shop)
    expect(shop.workbench.squiggles).to_have_count(1)
    shop.workbench.panel()
    title = "Fix: “total_cents” returns inside the loop, so only the first article counts (compiles)"
    shop.workbench.open_quick_fixes()
    rows = shop.workbench.page.locator(".action-widget .monaco-list-row.action")
    run = "Try fixes: run “python -m unittest test_basket.BasketTest.test_several_articles” in a copy of the workspace"
    expect(rows).to_have_text([title, f"Preview: {title}", run])
    shop.workbench.choose_quick_fix("Preview: Fix")
    shop.workbench.page.get_by_role("tab", name=title).wait_for()


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


def test_walkthrough(shop: ShopWindow) -> None:
    """It leads from the server to the fix; its buttons do what they say."""
    shop.workbench.run("Welcome: Open Walkthrough...")
    shop.workbench.quick_pick.filter(has_text="Get Started with Qwen").click()
    page = shop.workbench.page.locator(".gettingStartedContainer")
    for step in ("Get the language server", "Start the model", "Preview and apply a fix", "Diagnose a failure"):
        page.locator(".getting-started-step").filter(has_text=step).click()
    shop.workbench.picture("vscode-walkthrough.png")
    page.get_by_role("button", name="Diagnose", exact=True).click()
    expect(shop.workbench.quick_pick.filter(has_text="Clipboard")).to_be_visible()
    shop.workbench.page.keyboard.press("Escape")


def test_collect_diagnostics(shop: ShopWindow) -> None:
    """The report opens for the user to read; it has the versions, but neither the key nor the home folder."""
    shop.workbench.run("Qwen: Collect Diagnostics")
    lines = shop.workbench.page.locator(".editor-instance .view-lines").first
    expect(lines).to_contain_text("Qwen:")
    lines.click()
    shop.workbench.page.keyboard.press("Control+a")
    shop.workbench.page.keyboard.press("Control+c")
    report = shop.workbench.copied()
    assert "extension 0.1.0" in report
    assert '"qwenLsp.backend.apiKey": "(set)"' in report
    assert KEY not in report
    assert str(Path.home()) + "/" not in report
