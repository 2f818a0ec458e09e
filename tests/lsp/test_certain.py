"""Fixes that need no model."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from tests.fake_backend import FakeBackend
from tests.lsp.editor import editing, run_failing

PRICES = "def total(prices):\n    result = sum(prices)\n    return reslut\n\n\ntotal([1, 2])\n"


async def test_certain_fix_comes_before_the_model_has_answered(tmp_path: Path, backend: FakeBackend) -> None:
    """A name that exists but for a slip is mended from the first diagnostic on."""
    log = run_failing(tmp_path, "prices.py", PRICES)
    backend.hangs()
    async with editing(tmp_path, backend.base_url) as editor:
        editor.open("prices.py")
        diagnosing = editor.start("qwen/diagnose", {"log": log}, "slow")
        await editor.until(lambda: editor.shown("prices.py"), "the crash site")
        (shown,) = editor.shown("prices.py")
        assert (shown.code, "Did you mean `result`" in shown.message) == ("crash-site", True)
        (action,) = await editor.actions("prices.py")
        assert action.title == "Change “reslut” to “result” (compiles)"
        assert not action.is_preferred
        resolved = await editor.client.code_action_resolve_async(action)
        assert isinstance(resolved.edit, types.WorkspaceEdit)
        editor.apply(resolved.edit)
        assert editor.text("prices.py") == PRICES.replace("reslut", "result")
        editor.cancel("slow")
        await asyncio.wait([diagnosing], timeout=5)
        assert diagnosing.done()
        diagnosing.exception()
