"""What is true of the extension before any VS Code starts: its own tests, its size, its settings."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.editors.vscode.extension import NPM_TIMEOUT_S
from tests.node import npm

pytestmark = pytest.mark.slow

LARGEST_BYTES = 1_000_000


@pytest.mark.parametrize("script", ["check", "test"])
def test_its_own_checks_pass(script: str, extension_modules: Path) -> None:
    """TypeScript's and ESLint's strict rules hold; its unit tests pass."""
    npm("run", script, cwd=extension_modules, timeout_s=NPM_TIMEOUT_S)


def test_package_is_small_and_whole(vsix: Path) -> None:
    """It has less than a megabyte and holds what the manifest names, but neither sources nor modules."""
    assert vsix.stat().st_size < LARGEST_BYTES
    with zipfile.ZipFile(vsix) as package:
        names = set(package.namelist())
        manifest = json.loads(package.read("extension/package.json"))
    assert {f"extension/dist/{name}" for name in ("extension.js", "client.js", "panel.js", "panel.css")} <= names
    assert f"extension/{manifest['icon']}" in names
    steps = manifest["contributes"]["walkthroughs"][0]["steps"]
    assert {f"extension/{step['media']['markdown']}" for step in steps} <= names
    assert not [name for name in names if "node_modules" in name or "/src/" in name]
