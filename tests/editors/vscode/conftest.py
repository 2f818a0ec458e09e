"""The packaged extension, a browser, and windows of real VS Code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser

from tests.editors.vscode.code_server import Served, installed, serving
from tests.editors.vscode.extension import browsing, modules, packaged
from tests.editors.vscode.workbench import Workbench
from tests.launcher.watch.browser import NoBrowserError
from tests.node import NoNpmError

REPOSITORY = Path(__file__).parents[3]
SHOP = REPOSITORY / "docs/demo/shop"
RUNNER = Path(__file__).with_name("unittest_runner")
SIZE = {"width": 1280, "height": 800}
# The server under test may be one that stands elsewhere, such as an installed one.
SERVER = Path(os.environ.get("QWEN_LSP_TEST_SERVER", Path(sys.executable).with_name("qwen-lsp")))


@pytest.fixture(scope="session")
def extension_modules() -> Path:
    """The extension's folder, with what it is built with."""
    try:
        return modules()
    except NoNpmError as error:
        pytest.skip(f"the extension cannot be built: {error}")


@pytest.fixture(scope="session")
def vsix(extension_modules: Path) -> Path:
    """The extension, packaged."""
    del extension_modules
    return packaged()


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extension that runs unittest from the Testing view, packaged: code-server comes with none for Python."""
    path = tmp_path_factory.mktemp("runner") / "unittest-runner.vsix"
    with zipfile.ZipFile(path, "w") as package:
        for source in RUNNER.iterdir():
            package.write(source, f"extension/{source.name}")
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running headless Chromium."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(browsing())
        except NoBrowserError as error:
            pytest.skip(str(error))
        yield browser


@dataclass(frozen=True)
class ShopWindow:
    """VS Code with the demonstration's failing shop open, and the log of its failing test."""

    workbench: Workbench
    folder: Path
    log: str
    served: Served
    settings: dict[str, Any]

    @property
    def file(self) -> Path:
        """The file with the fault."""
        return self.folder / "basket.py"


FAULT_LINE = 17
COMMAND = [sys.executable, "-B", "-m", "unittest"]


class OpenShop(Protocol):
    """Opens a window on a copy of the shop."""

    def __call__(self, environment: Mapping[str, str], settings: Mapping[str, Any], *others: Path) -> ShopWindow:
        """``others`` are further extensions, packaged."""
        ...


@pytest.fixture(scope="module")
def open_shop(vsix: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    """Opens windows, with an environment and settings; they are closed at the end."""
    try:
        installed()
    except NoNpmError as error:
        pytest.skip(f"VS Code cannot be had: {error}")
    with ExitStack() as stack:
        yield lambda environment, settings, *others: stack.enter_context(
            _shop(tmp_path_factory.mktemp("vscode"), (vsix, *others), chromium, environment, settings)
        )


@contextmanager
def _shop(
    place: Path,
    extensions: Sequence[Path],
    chromium: Browser,
    environment: Mapping[str, str],
    settings: Mapping[str, Any],
) -> Iterator[ShopWindow]:
    folder = place / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    failed = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False)
    with serving(place / "profile", extensions, environment) as served:
        own = {"qwenLsp.server.path": str(SERVER)} | dict(settings)
        served.configure(own)
        context = chromium.new_context(viewport=SIZE, permissions=["clipboard-read", "clipboard-write"])
        try:
            workbench = Workbench(context.new_page())
            workbench.open(served.url(folder))
            yield ShopWindow(workbench, folder, failed.stderr, served, own)
        finally:
            context.close()
