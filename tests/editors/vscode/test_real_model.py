"""The main job in real VS Code with the real model: a log in, the fault marked, the fix previewed, applied, undone.

The log is handed over in each way that there is, but for the debugger's (``test_debugger``).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

from tests.conftest import RealBackend
from tests.editors.vscode.conftest import COMMAND, FAULT_LINE, OpenShop, ShopWindow
from tests.editors.vscode.ways import WAYS, from_clipboard
from tests.editors.vscode.workbench import MODEL_DEADLINE_MS

pytestmark = pytest.mark.model

UNTOUCHED = "what the user had copied"
CHECKED = re.compile(r"\((compiles|rerun passes)\)")


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, real_backend: RealBackend, runner: Path) -> ShopWindow:
    """A window whose server finds the backend through the supervisor, and with tests in its Testing view."""
    return open_shop(real_backend.environment, {}, runner)


def passes(window: ShopWindow) -> bool:
    """Run the shop's tests on what is on disk."""
    window.workbench.run("File: Save All Files")
    expect(window.workbench.page.locator(".tab.dirty")).to_have_count(0)
    return subprocess.run(COMMAND, cwd=window.folder, capture_output=True, check=False).returncode == 0


def test_main_job(window: ShopWindow) -> None:
    """One quick fix mends the program; one undo brings the fault back."""
    workbench = window.workbench
    before = window.file.read_text()
    workbench.expect_status(re.compile("Qwen: qwen2.5-coder"))
    workbench.copy(window.log)
    workbench.run("Qwen: Diagnose Error Log: Clipboard")
    workbench.expect_status("busy")
    panel = workbench.panel(MODEL_DEADLINE_MS)
    expect(panel.get_by_role("article").first).to_contain_text(CHECKED)
    assert workbench.squiggle_line() == FAULT_LINE
    workbench.picture("vscode-diagnosis.png")

    workbench.open_quick_fixes()
    workbench.picture("vscode-quick-fix.png")
    workbench.choose_quick_fix("Preview: Fix")
    expect(workbench.page.locator(".monaco-diff-editor .line-insert").first).to_be_visible()
    workbench.picture("vscode-preview.png")
    workbench.page.locator(".editor-actions").get_by_label("Apply the Fix").first.click()
    expect(panel.get_by_role("article").first).to_contain_text("Applied")
    assert passes(window)

    panel.get_by_role("button", name="Undo", exact=True).first.click()
    expect(panel.get_by_role("article").first).not_to_contain_text("Applied")
    assert not passes(window)
    assert window.file.read_text() == before


def test_follow_up_and_thumb(window: ShopWindow) -> None:
    """A question is answered in the panel by the model in the chosen role, and an answer can be rated."""
    panel: Frame = window.workbench.panel()
    panel.get_by_label("Role").select_option("teacher")
    panel.get_by_label("Your question").fill("Why is the total wrong? One sentence.")
    panel.get_by_role("button", name="Ask", exact=True).click()
    log = panel.get_by_role("log")
    expect(log.locator(".markdown")).to_contain_text(re.compile(r"\w{3,}"), timeout=MODEL_DEADLINE_MS)
    expect(log).to_have_attribute("aria-busy", "false", timeout=MODEL_DEADLINE_MS)
    assert "Stopped." not in log.inner_text()
    thumb = panel.get_by_role("button", name="Helpful", exact=True).first
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    window.workbench.picture("vscode-question.png")


@pytest.mark.parametrize("hand_over", WAYS)
def test_ways(hand_over: Callable[[ShopWindow], None], window: ShopWindow) -> None:
    """However the log is handed over, the fault is marked and a fix is shown; the clipboard stays the user's."""
    workbench = window.workbench
    workbench.run("Qwen: Clear the Diagnosis")
    expect(workbench.squiggles).to_have_count(0)
    workbench.run("View: Close All Editors")
    workbench.copy(UNTOUCHED)
    hand_over(window)
    article = workbench.panel(MODEL_DEADLINE_MS).get_by_role("article").first
    expect(article).to_contain_text(CHECKED, timeout=MODEL_DEADLINE_MS)
    expect(workbench.squiggles).to_have_count(1)
    assert workbench.squiggle_line() == FAULT_LINE
    assert workbench.copied() == (window.log if hand_over is from_clipboard else UNTOUCHED)
