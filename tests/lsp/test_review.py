"""Reviews in the editor: shown at once, mended by code actions, gone when their lines change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend
from tests.lsp.editor import PUSH_ONLY, Editor, editing

CHECK = "def newest(version):\n    if version is 3:\n        return True\n    return False\n"
ALL = types.Range(types.Position(0, 0), types.Position(4, 0))


async def review(editor: Editor, **params: Any) -> Any:
    """Return the report on the file that is open."""
    document = {"textDocument": {"uri": editor.uri("check.py")}, "model": False}
    return await editor.request("qwen/review", {**document, **params})


async def test_a_remark_is_shown_and_mended(tmp_path: Path, backend: FakeBackend) -> None:
    """Its fix is a quick fix; once it is applied, the remark is gone."""
    (tmp_path / "check.py").write_text(CHECK)
    async with editing(tmp_path, backend.base_url, capabilities=PUSH_ONLY) as editor:
        editor.open("check.py")
        answer = await review(editor)
        assert [one["rule"] for one in answer["diagnostics"]] == ["compared-by-identity"]
        (shown,) = editor.shown("check.py")
        assert (shown.code, shown.source, shown.range.start.line) == ("review/logic", "qwen", 1)
        (action,) = await editor.actions("check.py")
        assert (action.kind, action.is_preferred) == ("quickfix", False)
        resolved = await editor.client.code_action_resolve_async(action)
        assert resolved.edit is not None
        editor.apply(resolved.edit)
        assert "if version == 3:" in editor.text("check.py")
        await editor.settled()
        assert list(editor.shown("check.py")) == []


async def test_selected_lines_are_offered_for_review(tmp_path: Path, backend: FakeBackend) -> None:
    """The action's command reviews them; no other diagnostic than those of the review comes of it."""
    (tmp_path / "check.py").write_text(CHECK)
    async with editing(tmp_path, backend.base_url, capabilities=PUSH_ONLY) as editor:
        editor.open("check.py")
        (action,) = await editor.actions("check.py", at=ALL)
        assert (action.title, action.kind) == ("Review selection", "qwen.review")
        assert action.command is not None
        await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams(action.command.command, action.command.arguments)
        )
        assert editor.codes("check.py") == ["review/logic"]
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("qwen.clear", []))
        await editor.settled()
        assert editor.codes("check.py") == []


@pytest.mark.slow
async def test_parameters_are_checked(tmp_path: Path, backend: FakeBackend) -> None:
    """The answer names the field."""
    async with editing(tmp_path, backend.base_url, capabilities=PUSH_ONLY) as editor:
        for params, named in ((None, "parameters"), ({}, "textDocument"), ({"model": 1}, "model")):
            wrong = {"textDocument": {"uri": editor.uri("check.py")}, **params} if params else params
            with pytest.raises(JsonRpcException, match=named):
                await editor.request("qwen/review", wrong)
