"""VS Code's window as a user sees it: commands by name, files, squiggles, the light bulb, the status bar, the panel."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Error, Frame, Locator, Page, expect

PICTURES = Path(__file__).parents[3] / "docs/img"

DEADLINE_MS = 120_000  # of a machine that is busy with other things, too
MODEL_DEADLINE_MS = 600_000

_FOCUS = "window.focus();"
"""A page may use the clipboard only while it has the keyboard; a panel that was closed may have had it."""


class Workbench:
    """A window that has opened a folder."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(DEADLINE_MS)
        expect.set_options(timeout=DEADLINE_MS)

    def open(self, url: str) -> None:
        """Open VS Code and wait until the extension has started."""
        self.page.goto(url)
        self.page.locator(".monaco-workbench").wait_for(timeout=DEADLINE_MS)
        self.status.wait_for(timeout=DEADLINE_MS)

    @property
    def status(self) -> Locator:
        """The extension's status item."""
        return self.page.locator('[id="qwen-lsp.qwen-lsp.qwenLsp.status"]')

    @property
    def offer(self) -> Locator:
        """The status item that offers a diagnosis."""
        return self.page.locator('[id="qwen-lsp.qwen-lsp.qwenLsp.offer"]')

    @property
    def squiggles(self) -> Locator:
        """The places marked as errors in the editors."""
        return self.page.locator(".editor-instance .squiggly-error")

    @property
    def notifications(self) -> Locator:
        """The messages at the corner of the window."""
        return self.page.locator(".notifications-toasts .notification-toast")

    @property
    def quick_pick(self) -> Locator:
        """The entries of the list that is open at the top."""
        return self.page.locator(".quick-input-list .monaco-list-row")

    def run(self, command: str) -> None:
        """Run a command of the palette."""
        box = self.page.locator(".quick-input-box input")
        row = self.quick_pick.filter(has_text=command).first
        for last_try in (False, True):
            box.wait_for(state="hidden")  # else the command may be typed into a list that is being closed
            self.page.keyboard.press("F1")
            box.wait_for()
            box.fill(f">{command}")
            try:
                row.click(timeout=DEADLINE_MS if last_try else DEADLINE_MS / 4)
            except Error:  # what the list holds is settled when it opens, and the command's time came later
                if last_try:
                    raise
                self.page.keyboard.press("Escape")
            else:
                return

    def open_file(self, name: str) -> None:
        """Open a file of the folder from the explorer."""
        self.run("View: Show Explorer")
        self.page.locator(".explorer-folders-view").get_by_role("treeitem", name=name, exact=True).dblclick()
        self.page.locator(f'.tab[data-resource-name="{name}"]').wait_for()

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        self.page.evaluate(f"text => {{ {_FOCUS} return navigator.clipboard.writeText(text); }}", text)

    def copied(self) -> str:
        """Return the text on the clipboard."""
        return str(self.page.evaluate(f"() => {{ {_FOCUS} return navigator.clipboard.readText(); }}"))

    def squiggle_line(self, squiggles: Locator | None = None) -> int:
        """Return the 1-based number of the line of the first squiggle, of those of errors unless others are given."""
        squiggle = (squiggles or self.squiggles).first.bounding_box()
        assert squiggle is not None
        middle = squiggle["y"] + squiggle["height"] / 2
        for number in self.page.locator(".editor-instance .line-numbers").all():
            box = number.bounding_box()
            if box is not None and box["y"] <= middle <= box["y"] + box["height"]:
                return int(number.inner_text())
        message = "the squiggle is beside no line number"
        raise AssertionError(message)

    def panel(self, deadline_ms: float = DEADLINE_MS) -> Frame:
        """Return the page of the result panel, once it shows something."""
        outer = self.page.locator("iframe.webview.ready").last
        outer.wait_for(timeout=deadline_ms)
        inner = outer.content_frame.locator("iframe#active-frame")
        inner.content_frame.locator("main h1").filter(has_text=re.compile(".")).wait_for(timeout=DEADLINE_MS)
        frame = inner.element_handle().content_frame()
        assert frame is not None
        return frame

    def open_quick_fixes(self) -> None:
        """Open the light bulb's menu where the cursor is."""
        self.page.keyboard.press("Control+.")
        self.page.locator(".action-widget .monaco-list-row").first.wait_for()

    def choose_quick_fix(self, title: str) -> None:
        """Choose an entry of the light bulb's menu."""
        self.page.locator(".action-widget .monaco-list-row", has_text=title).first.click()

    def choose_in_menu(self, entry: str) -> None:
        """Choose an entry of the context menu that is open."""
        self.page.locator(".context-view").get_by_text(entry).hover()
        self.page.keyboard.press("Enter")  # a menu takes no click in its first moments

    def expect_status(self, words: str | re.Pattern[str], timeout_ms: float = DEADLINE_MS) -> None:
        """Wait until the status item says so."""
        expect(self.status).to_contain_text(words, timeout=timeout_ms)

    def picture(self, name: str) -> None:
        """Save what the window shows as a picture of the docs, where the run is to make them (``make pictures``)."""
        if "QWEN_LSP_PICTURES" in os.environ:
            self.page.screenshot(path=PICTURES / name)
