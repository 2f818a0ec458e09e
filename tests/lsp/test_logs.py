"""A log that is opened in the editor: links to the code, and a diagnosis without a selection."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.fake_backend import FakeBackend
from tests.lsp.editor import Editor, editing

BEFORE = "😀 ran the shop:\n"
TITLE = "Diagnose this error log"


async def _links(editor: Editor, uri: str) -> list[types.DocumentLink]:
    params = types.DocumentLinkParams(types.TextDocumentIdentifier(uri))
    return list(await editor.client.text_document_document_link_async(params) or ())


async def _lenses(editor: Editor, uri: str) -> list[types.CodeLens]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return list(await editor.client.text_document_code_lens_async(params) or ())


async def test_opened_log(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """Frames in a log are links to their lines; lens and code action diagnose the whole buffer on demand."""
    (tmp_path / "run.log").write_text(BEFORE + shop_log, encoding="utf-8")
    async with editing(tmp_path, backend.base_url) as editor:
        log = editor.uri("run.log")
        editor.open_buffer(log, BEFORE + shop_log, "log")
        first, *_, last = await _links(editor, log)
        assert [first.target, last.target] == [editor.uri("shop.py") + "#L13,1", editor.uri("shop.py") + "#L5,12"]
        assert editor.selected("run.log", first.range) == f'{tmp_path / "shop.py"}", line 13'
        assert editor.shown("shop.py") == []
        (lens,) = await _lenses(editor, log)
        assert lens.range.start.line == 1 + shop_log[: shop_log.index("ZeroDivisionError")].count("\n")
        (action,) = await editor.actions("run.log")
        assert lens.command is not None
        assert action.command == lens.command
        assert lens.command.title == TITLE
        command = types.ExecuteCommandParams(lens.command.command, list(lens.command.arguments or ()))
        report = await editor.request("workspace/executeCommand", command)
        assert [failure["exception_type"] for failure in report["failures"]] == ["ZeroDivisionError"]

        editor.change("run.log", "all 12 tests passed\n")
        assert (await _links(editor, log), await _lenses(editor, log), await editor.actions("run.log")) == ([], [], [])
        # The same text in a program: a docstring that quotes a traceback is not a log.
        editor.open_buffer(editor.uri("notes.py"), shop_log, "python")
        program = editor.uri("notes.py")
        assert (await _links(editor, program), await _lenses(editor, program)) == ([], [])
        assert await editor.actions("notes.py") == []
