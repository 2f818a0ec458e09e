"""A failure that VS Code's own views know: a failed test, and an exception in the debugger. The model is a FAKE."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.editors.vscode.conftest import FAULT_LINE, OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.fake_backend import FakeBackend, fake_backend
from tests.node import node

pytestmark = pytest.mark.slow

RUNNER = Path(__file__).with_name("unittest_runner")

# Read by `node prices.js`: the first line lets the user turn on the stop at exceptions before there is one.
PRICES = """\
debugger;

function pricesIn(text) {
  return JSON.parse(text).price;
}

function total(text) {
  let sum = 0;
  for (const price of pricesIn(text)) {
    sum += price;
  }
  return sum;
}

console.log(total('{"prices": [1, 2]}'));
"""
PRICES_FAULT_LINE = 4
PRICES_REPLY = """\
Cause: `pricesIn` reads `price`, but the text has `prices`.
```javascript
function pricesIn(text) {
  return JSON.parse(text).prices;
}
```
"""


@pytest.fixture(scope="module")
def model() -> Iterator[FakeBackend]:
    """A server whose answer each test sets."""
    with fake_backend() as fake:
        yield fake


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extension that runs unittest from the Testing view, packaged: code-server comes with none for Python."""
    path = tmp_path_factory.mktemp("runner") / "unittest-runner.vsix"
    with zipfile.ZipFile(path, "w") as package:
        for source in RUNNER.iterdir():
            package.write(source, f"extension/{source.name}")
    return path


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, model: FakeBackend, runner: Path) -> ShopWindow:
    """A window with that extension and VS Code's own debugger of JavaScript."""
    return open_shop(os.environ, {"qwenLsp.backend.baseUrl": model.base_url}, runner)


@pytest.fixture
def shop(window: ShopWindow) -> Iterator[ShopWindow]:
    """The window; at the end nothing is diagnosed."""
    yield window
    window.workbench.picture(window.folder.parent / "last.png")
    window.workbench.run("Qwen: Clear the Diagnosis")
    window.workbench.run("View: Close All Editors")


def expect_fault(shop: ShopWindow, line: int, cause: str) -> None:
    """Wait for the diagnosis."""
    panel = shop.workbench.panel()
    expect(panel.locator("main")).to_contain_text(cause)
    expect(panel.get_by_role("article")).to_contain_text("(compiles)")
    expect(shop.workbench.squiggles).to_have_count(1)
    assert shop.workbench.squiggle_line() == line


def test_failed_test(shop: ShopWindow, model: FakeBackend) -> None:
    """The message of a failed test has a button."""
    model.says(REPLY)
    workbench = shop.workbench
    workbench.run("Testing: Focus on Test Explorer View")
    test = workbench.page.locator(".test-explorer .monaco-list-row", has_text="basket")
    test.wait_for()
    workbench.run("Test: Run All Tests")
    expect(test).to_have_attribute("aria-label", re.compile("Failed"))
    test.click()
    workbench.run("Test: Peek Output")
    workbench.page.get_by_text("Diagnose Error Log: Failed Test").click()
    expect_fault(shop, FAULT_LINE, "only the first article counts")


def checkbox(shop: ShopWindow, label: str) -> Locator:
    """Return the checkbox of a kind of exceptions in the list of breakpoints."""
    row = shop.workbench.page.locator(".debug-breakpoints .monaco-list-row", has_text=label)
    return row.get_by_role("checkbox")


def test_exception_in_the_debugger(shop: ShopWindow, model: FakeBackend) -> None:
    """Where the debugger stands at an exception, a diagnosis is offered; it has the frames that the debugger shows."""
    workbench = shop.workbench
    model.says(PRICES_REPLY)
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
        expect_fault(shop, PRICES_FAULT_LINE, "the text has")
    finally:
        workbench.run("Debug: Stop")
    expect(workbench.offer).to_be_hidden()
