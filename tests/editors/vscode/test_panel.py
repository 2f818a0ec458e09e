"""The result panel in each theme, with a FAKE of the model's server: what axe-core finds, the keyboard, pictures."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from tests.editors.vscode.conftest import OpenShop, ShopWindow
from tests.editors.vscode.replies import ANSWER, REPLY
from tests.fake_backend import FakeBackend, fake_backend

pytestmark = pytest.mark.slow
THEMES = {"light": "Default Light Modern", "dark": "Default Dark Modern", "high-contrast": "Default High Contrast"}
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def model() -> Iterator[FakeBackend]:
    """A server that offers the right fix of the shop."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture(scope="module")
def window(open_shop: OpenShop, model: FakeBackend) -> ShopWindow:
    """A window with a diagnosis and an answered question in the panel."""
    window = open_shop(os.environ, {"qwenLsp.backend.baseUrl": model.base_url})
    window.workbench.copy(window.log)
    window.workbench.run("Qwen: Diagnose Error Log: Clipboard")
    panel = window.workbench.panel()
    expect(panel.get_by_role("article")).to_contain_text("(compiles)")
    model.says(ANSWER)
    panel.get_by_label("Your question").fill("Why is the total wrong?")
    panel.get_by_role("button", name="Ask", exact=True).click()
    expect(panel.get_by_role("log").locator(".markdown li")).to_have_count(2)
    return window


@pytest.mark.parametrize("kind", THEMES)
def test_accessibility(kind: str, window: ShopWindow, extension_modules: Path) -> None:
    """axe-core finds nothing serious."""
    window.served.configure(window.settings | {"workbench.colorTheme": THEMES[kind]})
    panel = window.workbench.panel()
    expect(panel.locator("body")).to_have_class(re.compile(rf"\bvscode-{kind}\b"))
    panel.evaluate((extension_modules / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = panel.evaluate("axe.run(document)")
    violations = [one for one in found["violations"] if one["impact"] in SERIOUS]
    window.workbench.picture(f"vscode-panel-{kind}.png")
    assert not violations, json.dumps(violations, indent=1)[:4000]
    assert found["passes"]


def test_nothing_but_our_own_is_loaded(window: ShopWindow) -> None:
    """The page's content policy allows neither inline scripts nor anything from elsewhere."""
    panel = window.workbench.panel()
    policy = panel.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content") or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    refused = panel.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
            const image = new Image();
            image.src = 'https://elsewhere.example/leak.png';
            document.body.append(image);
        })"""
    )
    assert refused == "img-src"


def test_keyboard(window: ShopWindow) -> None:
    """Tab reaches every control in the order of the page, and Enter on a link opens the place."""
    panel = window.workbench.panel()
    panel.locator("#link-0").focus()
    reached = [_focused(panel)]
    for _ in range(30):
        window.workbench.page.keyboard.press("Tab")
        reached.append(_focused(panel))
        if reached[-1] == "ask":
            break
    controls = panel.locator("main button:visible, main select:visible, main textarea:visible")
    expected = [one.get_attribute("id") for one in controls.all()]
    assert [one for one in reached if one in expected] == expected[expected.index("link-0") :]
    panel.locator("#link-1").press("Enter")
    window.workbench.page.locator('.tab.active[data-resource-name="test_basket.py"]').wait_for()


def _focused(panel: Frame) -> str:
    return str(panel.evaluate("document.activeElement.id"))
