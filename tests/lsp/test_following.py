"""What is shown follows the text, on either way that clients get diagnostics."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from lsprotocol import types

from tests.fake_backend import FakeBackend, closed_port_url
from tests.lsp.conftest import SHOP, slow_but_first
from tests.lsp.editor import PUSH_ONLY, Editor, editing, run_failing

PULLING = copy.deepcopy(PUSH_ONLY)
assert PULLING.text_document is not None
assert PULLING.workspace is not None
PULLING.text_document.diagnostic = types.DiagnosticClientCapabilities()
PULLING.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)

LINES = SHOP.splitlines(keepends=True)
CHANGES = {
    "a line above is added": ("".join(["# new\n", *LINES]), [5]),
    "lines above are removed": ("".join(LINES[2:]), [2]),
    "a line below is changed": ("".join([*LINES[:-1], "report([[1]])\n"]), [4]),
    "a line is added at the end": (SHOP + "print()\n", [4]),
    "its own line is changed": (SHOP.replace("/ len(prices)", "/ 2"), []),
    "its own line is removed": ("".join([*LINES[:4], *LINES[5:]]), []),
    "all is removed": ("", []),
    "line endings are changed": (SHOP.replace("\n", "\r\n"), []),
}


@pytest.mark.parametrize("on_disk", slow_but_first([False, True]), ids=["in the buffer", "on disk"])
async def test_text_changes(on_disk: bool, tmp_path: Path, shop_log: str) -> None:
    """A diagnostic moves with its line, and goes when its line is touched, in the editor as on disk."""
    async with editing(tmp_path, closed_port_url()) as editor:
        for what, (text, lines) in CHANGES.items():
            (tmp_path / "shop.py").write_text(SHOP)
            if not on_disk:
                editor.open("shop.py")
            await editor.diagnose(shop_log)
            assert [one.range.start.line for one in editor.shown("shop.py")] == [4]
            if on_disk:
                (tmp_path / "shop.py").write_bytes(text.encode())
                editor.changed_on_disk("shop.py")
            else:
                editor.change("shop.py", text)
            await editor.settled()
            assert (what, [one.range.start.line for one in editor.shown("shop.py")]) == (what, lines)
            if not on_disk:
                editor.close("shop.py")


@pytest.mark.slow
async def test_unsaved_changes_are_dropped(tmp_path: Path, shop_log: str) -> None:
    """A diagnostic that moved with an unsaved change moves back when the buffer is closed without saving."""
    async with editing(tmp_path, closed_port_url()) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        editor.change("shop.py", f"# new\n{SHOP}")
        editor.close("shop.py")
        await editor.settled()
        assert [one.range.start.line for one in editor.shown("shop.py")] == [4]


@pytest.mark.slow
async def test_deleted_file(tmp_path: Path, shop_log: str) -> None:
    """Nothing is shown in a file that was deleted."""
    async with editing(tmp_path, closed_port_url()) as editor:
        await editor.diagnose(shop_log)
        assert editor.codes("shop.py") == ["crash-site"]
        (tmp_path / "shop.py").unlink()
        editor.changed_on_disk("shop.py")
        await editor.settled()
        assert editor.codes("shop.py") == []


async def test_next_diagnosis_and_clear(tmp_path: Path, shop_log: str) -> None:
    """A new log's diagnostics take the place of the old one's, and `qwen.clear` takes away all."""
    other_log = run_failing(tmp_path, "other.py", "{}['key']\n")
    async with editing(tmp_path, closed_port_url()) as editor:
        await editor.diagnose(shop_log)
        await editor.diagnose(other_log)
        assert (editor.codes("shop.py"), editor.codes("other.py")) == ([], ["crash-site"])
        await editor.request("workspace/executeCommand", types.ExecuteCommandParams("qwen.clear"))
        assert (editor.codes("shop.py"), editor.codes("other.py")) == ([], [])


async def test_typing_while_the_model_thinks(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """An answer for a text that has moved on is shown at the moved place, and its fix is not applied."""
    async with editing(tmp_path, backend.base_url) as editor:
        editor.open("shop.py")
        held = backend.holds()
        diagnosing = editor.start("qwen/diagnose", {"log": shop_log})
        await editor.waiting(backend.asked)
        editor.change("shop.py", f"# new\n{SHOP}")
        await editor.settled()
        held.set()
        report = await diagnosing
        (diagnostic,) = editor.shown("shop.py")
        assert diagnostic.code == "root-cause"
        assert diagnostic.range.start.line == report["diagnostics"][0]["range"]["start"]["line"] + 1
        assert all(action.disabled for action in await editor.actions("shop.py"))


async def pulled(editor: Editor, name: str) -> list[object]:
    """Return the codes that a pull gives."""
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(editor.uri(name)))
    answer = await editor.client.text_document_diagnostic_async(params)
    assert isinstance(answer, types.RelatedFullDocumentDiagnosticReport)
    return [diagnostic.code for diagnostic in answer.items]


async def test_pulling_client(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A client that pulls and can be told to gets open files by pull and closed ones by push, never one by both."""
    async with editing(tmp_path, backend.base_url, capabilities=PULLING) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        assert await pulled(editor, "shop.py") == ["root-cause"]
        assert not any(params.diagnostics for params in editor.client.published)
        # Once for the crash site, once for the root cause.
        assert editor.client.diagnostic_refresh_count == 2

        editor.close("shop.py")
        await editor.until(lambda: editor.codes("shop.py") == ["root-cause"], "the push on close")
        editor.open("shop.py")
        await editor.until(lambda: editor.codes("shop.py") == [], "the push to be taken back")
        assert await pulled(editor, "shop.py") == ["root-cause"]


@pytest.mark.slow
async def test_client_that_cannot_be_told_to_pull(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A client that pulls only by itself gets everything pushed, and nothing when it pulls."""
    capabilities = copy.deepcopy(PULLING)
    assert capabilities.workspace is not None
    capabilities.workspace.diagnostics = None
    async with editing(tmp_path, backend.base_url, capabilities=capabilities) as editor:
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        assert editor.codes("shop.py") == ["root-cause"]
        assert await pulled(editor, "shop.py") == []


@pytest.mark.slow
async def test_watching_files(tmp_path: Path) -> None:
    """A client that can watch files for the server is asked to."""
    capabilities = copy.deepcopy(PUSH_ONLY)
    assert capabilities.workspace is not None
    capabilities.workspace.did_change_watched_files = types.DidChangeWatchedFilesClientCapabilities(
        dynamic_registration=True
    )
    async with editing(tmp_path, closed_port_url(), capabilities=capabilities) as editor:
        await editor.until(lambda: editor.client.registrations, "the registration")
        assert [one.method for one in editor.client.registrations] == ["workspace/didChangeWatchedFiles"]
