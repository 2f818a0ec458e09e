"""Runs real VS Code in a browser: npm's `code-server`, fetched once to the user's cache.

Its native parts that have no ready-made binary (logging, a watchdog) are left out: nothing here needs a compiler.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from qwen_launcher.folders import APP
from qwen_launcher.process import free_port
from tests.node import node, npm

VERSION = "4.139.1"
INSTALL_TIMEOUT_S = 600.0
START_DEADLINE_S = 180.0
END_DEADLINE_S = 2.0
_INSTALL = ("install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")

SETTINGS: dict[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "extensions.autoCheckUpdates": False,
    "files.autoSave": "off",  # as on a desktop; in a browser it is on, and may save in the middle of an undo
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "terminal.integrated.defaultProfile.linux": "bash",
    "terminal.integrated.env.linux": {"HOME": "/nonexistent"},  # nobody's own shell settings
    "update.mode": "none",
    "window.commandCenter": False,
    "workbench.layoutControl.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
"""A profile that shows nothing but what is under test."""


@dataclass(frozen=True)
class CodeServer:
    """An installed code-server."""

    entry: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of one run."""
        return [node(), str(self.entry), *arguments]


def installed() -> CodeServer:
    """Return code-server, fetched when the cache lacks it (half a minute, 600 MB).

    Raises:
        NoNpmError: it is not there and cannot be fetched.
    """
    folder = platformdirs.user_cache_path(APP) / f"test-code-server-{VERSION}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            place = Path(temporary) / "whole"
            place.mkdir()
            (place / "package.json").write_text('{"private": true}', encoding="utf-8")
            npm(*_INSTALL, f"code-server@{VERSION}", cwd=place, timeout_s=INSTALL_TIMEOUT_S)
            # Its own script for the two folders within would also compile what has no ready-made binary.
            vscode = place / "node_modules/code-server/lib/vscode"
            for inner in (vscode, vscode / "extensions"):
                npm(*_INSTALL, "--omit=dev", cwd=inner, timeout_s=INSTALL_TIMEOUT_S)
            if not folder.is_dir():
                place.rename(folder)
    return CodeServer(folder / "node_modules/code-server/out/node/entry.js")


@dataclass(frozen=True)
class Served:
    """A running VS Code; ``url`` opens it on a folder."""

    base_url: str
    profile: Path

    def url(self, folder: Path) -> str:
        """Return the address that opens ``folder``."""
        return f"{self.base_url}/?folder={folder}"

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write the user's settings; those for machines stand apart, as the browser is another machine."""
        text = json.dumps(SETTINGS | dict(settings))
        for name in ("User", "Machine"):
            path = self.profile / name / "settings.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


@contextmanager
def serving(profile: Path, extensions: Sequence[Path], environment: Mapping[str, str]) -> Iterator[Served]:
    """Run VS Code with some packaged extensions and a profile of its own."""
    code_server = installed()
    own = {**environment, "XDG_CONFIG_HOME": str(profile / "config")}
    folders = ("--user-data-dir", str(profile), "--extensions-dir", str(profile / "extensions"))
    subprocess.run(
        code_server.command(*folders, *(f"--install-extension={path}" for path in extensions)),
        env=own,
        check=True,
        capture_output=True,
        timeout=START_DEADLINE_S,
    )
    port = free_port()
    served = Served(f"http://127.0.0.1:{port}", profile)
    served.configure({})
    options = ("--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check")
    with (
        (profile / "code-server.log").open("wb") as log,
        subprocess.Popen(
            code_server.command(*folders, *options), env=own, stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            _wait_for(port, process)
            yield served
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End VS Code and its children, such as language servers; asked politely it waits for its window to come back."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(END_DEADLINE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end_s = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < end_s:
        assert process.poll() is None, "code-server has ended"
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)
    message = f"code-server does not listen on port {port}"
    raise AssertionError(message)
