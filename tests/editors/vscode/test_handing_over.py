"""Each way of handing over a log in VS Code, with a FAKE of the model's server: what it says is not the point here."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.editors.vscode.conftest import COMMAND, FAULT_LINE, OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.editors.vscode.workbench import DEADLINE_MS
from tests.fake_backend import FakeBackend, fake_backend

pytestmark = pytest.mark.slow

UNTOUCHED = "what the user had copied"


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
    """The window with nothing diagnosed; the clipboard holds what the user copied."""
    window.workbench.copy(UNTOUCHED)
    yield window
    window.workbench.picture(window.folder.parent / "last.png")  # for whoever looks into a failure
    window.workbench.run("Qwen: Clear the Diagnosis")
    expect(window.workbench.squiggles).to_have_count(0)
    window.workbench.run("View: Close All Editors")


def from_clipboard(shop: ShopWindow) -> None:
    """Copy the log."""
    shop.workbench.copy(shop.log)
    shop.workbench.run("Qwen: Diagnose Error Log: Clipboard")


def from_file(shop: ShopWindow) -> None:
    """Choose the entry of a log file's menu."""
    (shop.folder / "failure.log").write_text(shop.log)
    shop.workbench.open_file("failure.log")
    row = shop.workbench.page.locator(".explorer-folders-view").get_by_role("treeitem", name="failure.log", exact=True)
    row.click(button="right")
    shop.workbench.choose_in_menu("Diagnose Error Log: File")


def from_selection(shop: ShopWindow) -> None:
    """Select the log in an editor."""
    (shop.folder / "pasted.txt").write_text(shop.log)
    shop.workbench.open_file("pasted.txt")
    shop.workbench.page.locator(".editor-instance .view-lines").first.click()
    shop.workbench.page.keyboard.press("Control+a")
    shop.workbench.run("Qwen: Diagnose Error Log: Editor Selection")


def from_editor_menu(shop: ShopWindow) -> None:
    """Select the log in an editor and choose the entry of its menu."""
    (shop.folder / "notes.md").write_text(shop.log)
    shop.workbench.open_file("notes.md")
    lines = shop.workbench.page.locator(".editor-instance .view-lines").first
    lines.click()
    shop.workbench.page.keyboard.press("Control+a")
    lines.click(button="right")
    shop.workbench.choose_in_menu("Diagnose Error Log: Editor Selection")


def fail_in_terminal(shop: ShopWindow) -> None:
    """Run the failing tests in a terminal."""
    shop.workbench.run("Terminal: Create New Terminal")
    page = shop.workbench.page
    terminal = page.locator(".terminal-wrapper.active .xterm-helper-textarea")
    terminal.wait_for(state="attached")
    terminal.focus()
    # The shell must have said its prompt, with the marks of the integration, before something is typed.
    page.locator(".terminal-wrapper.active .terminal-command-decoration").first.wait_for(state="attached")
    page.keyboard.type(" ".join(COMMAND))
    page.keyboard.press("Enter")


def from_last_command(shop: ShopWindow) -> None:
    """Accept the offer that follows a failed command."""
    fail_in_terminal(shop)
    expect(shop.workbench.offer).to_contain_text("Diagnose")
    shop.workbench.offer.click()


def from_terminal_selection(shop: ShopWindow) -> None:
    """Select what the terminal shows."""
    fail_in_terminal(shop)
    shop.workbench.offer.wait_for()
    shop.workbench.run("Terminal: Select All")
    shop.workbench.run("Qwen: Diagnose Error Log: Terminal Selection")


def from_terminal_menu(shop: ShopWindow) -> None:
    """Choose the entry of a terminal's menu."""
    fail_in_terminal(shop)
    shop.workbench.offer.wait_for()
    shop.workbench.page.locator(".terminal-wrapper.active .xterm-screen").click(button="right")
    shop.workbench.choose_in_menu("Diagnose Error Log: Last Failed Command")


@pytest.mark.parametrize(
    ("hand_over", "reads_clipboard"),
    [
        (from_clipboard, True),
        (from_file, False),
        (from_selection, False),
        (from_editor_menu, False),
        (from_last_command, False),
        (from_terminal_selection, False),
        (from_terminal_menu, False),
    ],
)
def test_ways(hand_over: Callable[[ShopWindow], None], reads_clipboard: bool, shop: ShopWindow) -> None:
    """The root cause is marked where the fault is and the panel shows the fix; the clipboard stays the user's."""
    hand_over(shop)
    panel = shop.workbench.panel()
    expect(panel.get_by_role("article")).to_contain_text("(compiles)")
    expect(panel.locator("main")).to_contain_text("only the first article counts")
    expect(shop.workbench.squiggles).to_have_count(1)
    assert shop.workbench.squiggle_line() == FAULT_LINE
    assert shop.workbench.copied() == (shop.log if reads_clipboard else UNTOUCHED)


def test_a_log_of_no_failure(shop: ShopWindow) -> None:
    """It is said; nothing is marked."""
    shop.workbench.copy("all is well")
    shop.workbench.run("Qwen: Diagnose Error Log: Clipboard")
    expect(shop.workbench.notifications.filter(has_text=re.compile("failure|traceback", re.I)).first).to_be_visible()
    expect(shop.workbench.squiggles).to_have_count(0)


def test_cancelling(shop: ShopWindow, model: FakeBackend) -> None:
    """The button of the progress ends the question to the model."""
    answer = model.answer
    model.hangs("Cause: ")
    model.hung_up.clear()
    try:
        shop.workbench.copy(shop.log)
        shop.workbench.run("Qwen: Diagnose Error Log: Clipboard")
        progress = shop.workbench.notifications.filter(has_text="Diagnosing the clipboard")
        expect(progress).to_contain_text("asking the model")
        progress.get_by_role("button", name="Cancel").click()
        assert model.hung_up.wait(DEADLINE_MS / 1000)
        expect(progress).to_have_count(0)
    finally:
        model.answer = answer
