"""An exception at which VS Code's own debugger of JavaScript has stopped, and the real model."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import RealBackend
from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.workbench import MODEL_DEADLINE_MS
from tests.node import node

pytestmark = pytest.mark.model

# Read by `node prices.js`: the first line lets the user turn on the stop at exceptions before there is one. The mistake
# is one that any model mends: whether a small one does so for a hard one depends on the processor's rounding.
PRICES = """\
debugger;

function pricesIn(text) {
  return JSON.parse(text).prices;
}

function total(text) {
  let sum = 0;
  for (const price of priceIn(text)) {
    sum += price;
  }
  return sum;
}

console.log(total('{"prices": [1, 2]}'));
"""
PRICES_FAULT_LINE = 9


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, real_backend: RealBackend) -> ShopWindow:
    """A window whose server finds the backend through the supervisor."""
    return open_shop(real_backend.environment, {})


@pytest.fixture
def shop(window: ShopWindow) -> Iterator[ShopWindow]:
    """The window; at the end nothing is diagnosed."""
    yield window
    window.workbench.picture(window.folder.parent / "last.png")
    window.workbench.run("Qwen: Clear the Diagnosis")
    window.workbench.run("View: Close All Editors")


def checkbox(shop: ShopWindow, label: str) -> Locator:
    """Return the checkbox of a kind of exceptions in the list of breakpoints."""
    row = shop.workbench.page.locator(".debug-breakpoints .monaco-list-row", has_text=label)
    return row.get_by_role("checkbox")


def test_exception_in_the_debugger(shop: ShopWindow) -> None:
    """Where the debugger stands at an exception, a diagnosis is offered; it has the frames that the debugger shows."""
    workbench = shop.workbench
    (shop.folder / "prices.js").write_text(PRICES)
    launch = {
        "type": "node",
        "request": "launch",
        "name": "prices",
        "program": "prices.js",
        "runtimeExecutable": node(),
    }
    (shop.folder / ".vscode").mkdir()
    (shop.folder / ".vscode/launch.json").write_text(json.dumps({"version": "0.2.0", "configurations": [launch]}))
    workbench.open_file("prices.js")
    workbench.run("Debug: Start Debugging")
    stopped = workbench.page.locator(".debug-top-stack-frame-column, .debug-top-stack-frame-line").first
    stopped.wait_for(state="attached")
    workbench.run("Run and Debug: Focus on Breakpoints View")
    checkbox(shop, "Uncaught Exceptions").check()
    workbench.run("Debug: Continue")
    expect(workbench.offer).to_contain_text("Diagnose Exception")
    workbench.offer.click()
    try:
        panel = workbench.panel(MODEL_DEADLINE_MS)
        expect(panel.get_by_role("article").first).to_contain_text("(compiles)", timeout=MODEL_DEADLINE_MS)
        expect(workbench.squiggles).to_have_count(1)
        assert workbench.squiggle_line() == PRICES_FAULT_LINE
    finally:
        workbench.run("Debug: Stop")
    expect(workbench.offer).to_be_hidden()
