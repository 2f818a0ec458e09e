"""Code actions: what is offered, to which client, and when a fix must not be applied any more."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend
from tests.lsp.conftest import FIXED_SHOP, SHOP
from tests.lsp.editor import PUSH_ONLY, Editor, editing

CONTENT_MODIFIED = -32801
NEVER_IN_THE_WAY = "\n\n\ndef unrelated():\n    return 1\n"


async def resolve(editor: Editor, action: types.CodeAction) -> types.WorkspaceEdit:
    """Return the edit of an action."""
    resolved = await editor.client.code_action_resolve_async(action)
    assert resolved.edit is not None
    return resolved.edit


async def refused(editor: Editor, action: types.CodeAction) -> str:
    """Return why the fix is refused."""
    with pytest.raises(JsonRpcException) as caught:
        await editor.client.code_action_resolve_async(action)
    assert caught.value.code == CONTENT_MODIFIED
    return caught.value.message


async def test_moved_document(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A fix is refused with a reason once its document has changed anywhere, and offered again once it is as it was."""
    async with editing(tmp_path, backend.base_url) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        editor.change("shop.py", SHOP + NEVER_IN_THE_WAY)
        assert "shop.py has changed" in await refused(editor, action)
        (listed,) = await editor.actions("shop.py")
        assert listed.disabled is not None
        assert "shop.py has changed" in listed.disabled.reason
        editor.change("shop.py", SHOP)
        editor.apply(await resolve(editor, action))
        assert editor.text("shop.py") == FIXED_SHOP


@pytest.mark.slow
async def test_closed_file(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A fix of a file that is not open carries no version, and is refused once the file changed on disk."""
    async with editing(tmp_path, backend.base_url) as editor:
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        (change,) = (await resolve(editor, action)).document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version is None
        (tmp_path / "shop.py").write_text(SHOP + NEVER_IN_THE_WAY)
        assert "shop.py has changed" in await refused(editor, action)


@pytest.mark.slow
async def test_opened_since(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A fix made before its file was opened applies to the buffer, which holds the same text."""
    async with editing(tmp_path, backend.base_url) as editor:
        await editor.diagnose(shop_log)
        editor.open("shop.py")
        (action,) = await editor.actions("shop.py")
        editor.apply(await resolve(editor, action))
        assert editor.text("shop.py") == FIXED_SHOP


@pytest.mark.slow
async def test_action_of_earlier_diagnosis(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """An action that was listed before another log was diagnosed is refused."""
    async with editing(tmp_path, backend.base_url) as editor:
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        await editor.diagnose(shop_log)
        assert "no longer shown" in await refused(editor, action)


ONLY = {
    "nothing in particular": (None, 1),
    "quick fixes": (["quickfix"], 1),
    "everything": ([""], 1),
    "some quick fixes": (["quickfix.other"], 0),
    "refactorings": (["refactor"], 0),
    "the fix-all of saving": (["source.fixAll"], 0),
}


async def test_only(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """Fixes come when quick fixes are asked for, never with what runs on save, and are not preferred unproven."""
    async with editing(tmp_path, backend.base_url) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        for what, (only, count) in ONLY.items():
            actions = await editor.actions("shop.py", only=only)
            assert (what, len(actions)) == (what, count)
            assert not any(action.is_preferred for action in actions)
        elsewhere = types.Range(types.Position(12, 0), types.Position(12, 0))
        assert await editor.actions("shop.py", at=elsewhere) == []


async def test_client_that_cannot_resolve(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A client that can neither resolve, nor show why not, nor check versions gets plain edits, and only fresh ones."""
    capabilities = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_folders=True))
    async with editing(tmp_path, backend.base_url, capabilities=capabilities) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        assert action.edit is not None
        assert action.edit.document_changes is None
        assert list(action.edit.changes or ()) == [editor.uri("shop.py")]
        assert all(diagnostic.related_information is None for diagnostic in editor.shown("shop.py"))
        editor.change("shop.py", SHOP + NEVER_IN_THE_WAY)
        assert await editor.actions("shop.py") == []


@pytest.mark.slow
async def test_change_annotations(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A client that can annotate changes is told their name; what the user sees happen needs no confirmation."""
    capabilities = copy.deepcopy(PUSH_ONLY)
    assert capabilities.workspace is not None
    assert capabilities.workspace.workspace_edit is not None
    capabilities.workspace.workspace_edit.change_annotation_support = types.ChangeAnnotationsSupportOptions()
    async with editing(tmp_path, backend.base_url, capabilities=capabilities) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        edit = await resolve(editor, action)
        ((name, annotation),) = (edit.change_annotations or {}).items()
        assert annotation.label == action.title
        assert annotation.needs_confirmation is False
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            assert {one.annotation_id for one in change.edits if isinstance(one, types.AnnotatedTextEdit)} == {name}
        editor.apply(edit)
        assert editor.text("shop.py") == FIXED_SHOP
