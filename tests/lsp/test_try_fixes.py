"""Fixes are tried by running the failed command: when the user chooses to, always, or never."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.fake_backend import FakeBackend
from tests.lsp.conftest import CAUSE, FIXED_SHOP, REPLY, SHOP
from tests.lsp.editor import editing

TITLE = f"Fix: {CAUSE.rstrip('.')}"


async def test_the_user_chooses_to_run_the_command(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """The action names the very command; choosing it runs it in a copy, and the fix that works says so."""
    command = f"'{sys.executable}' shop.py"
    backend.says(REPLY.replace(FIXED_SHOP, SHOP.replace("len(prices)", "max(1, len(prices))")))
    async with editing(tmp_path, backend.base_url, options={"fix": {"rerun": "ask"}}) as editor:
        editor.open("shop.py")
        report = await editor.diagnose(shop_log, command=command, cwd=str(tmp_path))
        assert report["can_try"] == command
        fix, trying = await editor.actions("shop.py")
        assert fix.title == f"{TITLE} (compiles)"
        assert trying.title == f"Try fixes: run “{command}” in a copy of the workspace"
        assert trying.command is not None
        run = types.ExecuteCommandParams(trying.command.command, trying.command.arguments)
        tried = await editor.client.workspace_execute_command_async(run)
        assert [(one["title"], one["rung"]) for one in tried["fixes"]] == [(f"{TITLE} (rerun passes)", "rerun passes")]
        (better,) = await editor.actions("shop.py")
        assert (better.title, better.is_preferred) == (f"{TITLE} (rerun passes)", True)
        assert (tmp_path / "shop.py").read_text() == SHOP


@pytest.mark.slow
async def test_the_log_tells_the_command(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A user who has allowed it for good gets fixes tried at once, with the program that the traceback names."""
    async with editing(tmp_path, backend.base_url, options={"fix": {"rerun": "always"}}) as editor:
        editor.open("shop.py")
        report = await editor.diagnose(shop_log)
        assert [one["rung"] for one in report["fixes"]] == ["rerun passes, doubtful"]  # it adds a branch
        (action,) = await editor.actions("shop.py")
        assert not action.is_preferred
        assert report["can_try"] is None


@pytest.mark.slow
async def test_never(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A user who wants nothing run is not offered it, and a client that asks for it gets what is known."""
    async with editing(tmp_path, backend.base_url, options={"fix": {"rerun": "off"}}) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        assert [action.title for action in await editor.actions("shop.py")] == [f"{TITLE} (compiles)"]
        tried = await editor.request("qwen/tryFixes", {})
        assert [one["rung"] for one in tried["fixes"]] == ["compiles"]
