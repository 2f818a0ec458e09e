"""Code that has not failed is reviewed in VS Code; nothing of this needs a model."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.fake_backend import closed_port_url

pytestmark = pytest.mark.slow

COMMAND = "Qwen: Review Selection or File"
MISTAKES = "version = 3\nif version is 3:\n    print(version)\nif version is not 4:\n    print(version)\n"


@pytest.fixture(scope="module")
def window(open_shop: OpenShop) -> ShopWindow:
    """A window without a model."""
    return open_shop(os.environ, {"qwenLsp.backend.baseUrl": closed_port_url()})


@pytest.fixture
def shop(window: ShopWindow) -> Iterator[ShopWindow]:
    """The window with a file that has two mistakes in it, in lines 2 and 4."""
    (window.folder / "check.py").write_text(MISTAKES)
    window.workbench.open_file("check.py")
    yield window
    window.workbench.picture(window.folder.parent / "last.png")
    window.workbench.run("Qwen: Clear the Diagnosis")
    window.workbench.run("File: Revert File")
    window.workbench.run("View: Close All Editors")
    window.workbench.run("Notifications: Clear All Notifications")


def remarks(shop: ShopWindow) -> Locator:
    """Return what is marked in the editor."""
    return shop.workbench.page.locator(".editor-instance .squiggly-warning")


def test_whole_file(shop: ShopWindow) -> None:
    """Without a selection all of the file is reviewed: what is found is counted, marked, shown and mended."""
    workbench = shop.workbench
    workbench.run(COMMAND)
    said = workbench.notifications.filter(has_text="Remarks on check.py: 2; with a fix in the light bulb: 2.")
    said.get_by_role("button", name="Show the First").click()
    expect(remarks(shop)).to_have_count(2)
    workbench.page.get_by_text("Ln 2, Col 4").wait_for()
    workbench.open_quick_fixes()
    workbench.choose_quick_fix("Compare with ==")
    expect(workbench.page.locator(".editor-instance .view-lines")).to_contain_text("if version == 3:")
    expect(remarks(shop)).to_have_count(1)


def test_selection_in_the_menu(shop: ShopWindow) -> None:
    """The editor's menu reviews the lines that are selected, unless the entry is turned off."""
    workbench = shop.workbench
    lines = workbench.page.locator(".editor-instance .view-lines").first
    lines.click()
    workbench.page.keyboard.press("Control+End")
    for _ in range(2):
        workbench.page.keyboard.press("Shift+ArrowUp")
    lines.locator(".view-line").nth(3).click(button="right")
    workbench.choose_in_menu("Review Selection or File")
    expect(workbench.notifications.filter(has_text="Remarks on check.py: 1")).to_be_visible()
    expect(remarks(shop)).to_have_count(1)
    assert shop.workbench.squiggle_line(remarks(shop)) == 4


def test_nothing_found(shop: ShopWindow) -> None:
    """It is said."""
    shop.workbench.open_file("test_basket.py")
    shop.workbench.run(COMMAND)
    expect(shop.workbench.notifications.filter(has_text="The review found nothing in test_basket.py.")).to_be_visible()


def test_menu_turned_off(shop: ShopWindow) -> None:
    """With its setting off the editor's menu has no entry of ours."""
    workbench = shop.workbench
    shop.served.configure(shop.settings | {"qwenLsp.editor.menu": False, "qwenLsp.statusItem.enabled": False})
    try:
        expect(workbench.status).to_be_hidden()  # the settings have been read
        workbench.page.locator(".editor-instance .view-line").first.click(button="right")
        menu = workbench.page.locator(".context-view")
        menu.get_by_text("Command Palette").wait_for()
        expect(menu.get_by_text("Review")).to_have_count(0)
        workbench.page.keyboard.press("Escape")
    finally:
        shop.served.configure(shop.settings)
    expect(workbench.status).to_be_visible()
