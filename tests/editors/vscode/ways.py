"""The ways of handing the shop's failure over in VS Code, as a user does it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.editors.vscode.conftest import COMMAND, ShopWindow


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


def from_failed_test(shop: ShopWindow) -> None:
    """Press the button on the message of a failed test of the Testing view."""
    workbench = shop.workbench
    workbench.run("Testing: Focus on Test Explorer View")
    test = workbench.page.locator(".test-explorer .monaco-list-row", has_text="basket")
    test.wait_for()
    workbench.run("Test: Run All Tests")
    expect(test).to_have_attribute("aria-label", re.compile("Failed"))
    test.click()
    workbench.run("Test: Peek Output")
    workbench.page.get_by_text("Diagnose Error Log: Failed Test").click()


WAYS: tuple[Callable[[ShopWindow], None], ...] = (
    from_clipboard,
    from_file,
    from_selection,
    from_editor_menu,
    from_last_command,
    from_terminal_selection,
    from_terminal_menu,
    from_failed_test,
)
