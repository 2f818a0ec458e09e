"""What becomes of a log that was handed over in VS Code, with a FAKE of the model's server: no failure, cancelling."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.replies import REPLY
from tests.editors.vscode.workbench import DEADLINE_MS
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
    """The window with nothing diagnosed."""
    yield window
    window.workbench.picture(window.folder.parent / "last.png")  # for whoever looks into a failure
    window.workbench.run("Qwen: Clear the Diagnosis")
    expect(window.workbench.squiggles).to_have_count(0)
    window.workbench.run("View: Close All Editors")


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
