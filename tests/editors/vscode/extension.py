"""The extension as users get it, and the browser that VS Code is opened in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.launcher.watch.browser import find_browser
from tests.node import npm

EXTENSION = Path(__file__).parents[3] / "vscode-extension"
NPM_TIMEOUT_S = 300.0


def modules() -> Path:
    """Return the extension's folder, with what it is built with installed as its lock file says.

    Raises:
        NoNpmError: it cannot be installed.
    """
    lock, installed_lock = EXTENSION / "package-lock.json", EXTENSION / "node_modules/.package-lock.json"
    if not installed_lock.exists() or installed_lock.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=EXTENSION, timeout_s=NPM_TIMEOUT_S)
        installed_lock.touch()
    return EXTENSION


def packaged() -> Path:
    """Return the extension, packaged from its present sources.

    Raises:
        NoNpmError: it cannot be built.
    """
    npm("run", "package", cwd=modules(), timeout_s=NPM_TIMEOUT_S)
    return EXTENSION / "dist/qwen-lsp.vsix"


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run a headless Chromium.

    Raises:
        NoBrowserError: there is none.
    """
    found = find_browser()
    # The sandbox needs rights that root in a container lacks; the pages are our own.
    options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.program, args=options, env=dict(os.environ) | found.variables
        )
        yield browser
        browser.close()
