"""From a log to diagnostics, and what the user reads when that does not work."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend, closed_port_url
from tests.lsp.conftest import CAUSE, FIXED_SHOP, REPLY, SHOP, slow_but_first
from tests.lsp.editor import DEADLINE_S, editing, run_failing

INVALID_PARAMS = -32602
ENCODINGS = pytest.mark.parametrize("encoding", slow_but_first(["utf-16", "utf-8"]))


@ENCODINGS
async def test_main_job(encoding: str, tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A log becomes a crash site, then a root cause with a fix, which mends the file and takes its diagnostic along."""
    async with editing(tmp_path, backend.base_url, encoding=encoding) as editor:
        editor.open("shop.py")
        report = await editor.diagnose(shop_log)

        first, second = [params for params in editor.client.published if params.diagnostics]
        assert [one.code for one in first.diagnostics] == ["crash-site"]
        assert first.diagnostics[0].range.start.line == 4
        assert first.diagnostics[0].message.splitlines() == [
            "ZeroDivisionError: division by zero",
            "`len(prices)` is 0 here: `prices` is empty.",
        ]
        related = [
            (one.location.range.start.line, one.message) for one in first.diagnostics[0].related_information or ()
        ]
        assert related == [(12, "called from module level"), (9, "called from report()")]
        assert [one.code for one in second.diagnostics] == ["root-cause"]
        assert CAUSE in second.diagnostics[0].message
        assert (second.diagnostics[0].related_information or [])[0].message.startswith("crashed here: ZeroDivision")
        assert [one["code"] for one in report["diagnostics"]] == ["root-cause"]
        assert report["failures"][0]["frames"][-1]["lineno"] == 5

        (action,) = await editor.actions("shop.py")
        assert action.kind == types.CodeActionKind.QuickFix
        assert action.title.endswith(f"({report['fixes'][0]['rung']})")
        assert action.edit is None
        assert list(action.diagnostics or ()) == list(second.diagnostics)
        resolved = await editor.client.code_action_resolve_async(action)
        assert resolved.edit is not None
        editor.apply(resolved.edit)
        assert editor.text("shop.py") == FIXED_SHOP
        await editor.until(lambda: not editor.shown("shop.py"), "the diagnostic to go")
        assert await editor.actions("shop.py", second.diagnostics[0].range) == []


@ENCODINGS
async def test_places_in_unusual_text(encoding: str, tmp_path: Path) -> None:
    """A form feed, U+2028 and an emoji before the fault move the underlined text by nothing."""
    source = '# page\x0c one\nNOTE = "a\u2028b\x85c"\n\x0c\nname, count = "😀é", 3\nprint("😀😀", name + count)\n'
    log = run_failing(tmp_path, "odd.py", source)
    async with editing(tmp_path, closed_port_url(), encoding=encoding) as editor:
        editor.open("odd.py")
        await editor.diagnose(log)
        (diagnostic,) = editor.shown("odd.py")
        assert diagnostic.range.start.line == 4
        assert editor.selected("odd.py", diagnostic.range) == "name + count"


BACKENDS: dict[str, tuple[Any, str]] = {
    "cut off at its limit": (lambda fake: fake.says(REPLY[:150], "length"), "cut off"),
    "closes in mid-stream": (lambda fake: fake.breaks_off(REPLY[:40]), ""),
    "a web page": (lambda fake: fake.fails(200, "<html>hello</html>", "text/html"), "/v1"),
    "broken JSON": (lambda fake: fake.fails(200, '{"choices": [', "text/event-stream"), ""),
    "an error of its own": (lambda fake: fake.fails(500, '{"error": {"message": "kaboom"}}'), "kaboom"),
    "a wrong key": (lambda fake: fake.fails(401, '{"error": {"message": "who?"}}'), "apiKey"),
    "says nothing": (lambda fake: fake.hangs(None), "1 s"),
    "hangs in mid-stream": (lambda fake: fake.hangs(REPLY[:40]), "1 s"),
}


@pytest.mark.parametrize("what", slow_but_first(BACKENDS))
async def test_bad_backend(what: str, tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """Whatever the model's server does, the crash site stays shown and says what happened; the next log is served."""
    behave, words = BACKENDS[what]
    options = {"backend": {"timeoutS": 1}}
    async with editing(tmp_path, backend.base_url, options=options) as editor:
        behave(backend)
        report = await editor.diagnose(shop_log)
        (diagnostic,) = editor.shown("shop.py")
        assert "ZeroDivisionError: division by zero" in diagnostic.message
        assert report["problems"]
        assert report["problems"][-1] in diagnostic.message
        assert words in diagnostic.message
        assert editor.client.messages == []
        backend.says(REPLY)
        assert (await editor.diagnose(shop_log))["fixes"]


@ENCODINGS
async def test_no_backend(encoding: str, tmp_path: Path, shop_log: str) -> None:
    """Without a model's server the crash site is shown, with the address that was tried and what to do."""
    url = closed_port_url()
    async with editing(tmp_path, url, encoding=encoding) as editor:
        report = await editor.diagnose(shop_log)
        (diagnostic,) = editor.shown("shop.py")
        assert diagnostic.code == "crash-site"
        assert url in diagnostic.message
        assert [one["message"] for one in report["diagnostics"]] == [diagnostic.message]
        assert await editor.actions("shop.py") == []


PLACELESS = {
    "an empty log": ("", ""),
    "a log without a failure": ("all is well\n", ""),
    "frames of another machine": (
        "Traceback (most recent call last):\n  File \"/srv/app/gone.py\", line 3, in run\n    go()\nKeyError: 'tea'\n",
        "KeyError: 'tea'",
    ),
}


@pytest.mark.parametrize("what", slow_but_first(PLACELESS))
async def test_nowhere_to_show(what: str, tmp_path: Path, backend: FakeBackend) -> None:
    """What has no place in the workspace is said in one message, and stands in the report."""
    log, words = PLACELESS[what]
    async with editing(tmp_path, backend.base_url) as editor:
        report = await editor.diagnose(log)
        (message,) = editor.client.messages
        assert message.type is types.MessageType.Warning
        assert words in message.message
        assert report["problems"][0] in message.message
        assert not any(params.diagnostics for params in editor.client.published)


BAD_PARAMS: dict[str, tuple[Any, str]] = {
    "no object": ([1], "the parameters"),
    "nothing": (None, "the parameters"),
    "no log": ({}, "log: missing"),
    "a log that is no text": ({"log": 5}, "log: must be a string"),
    "a document without range": ({"textDocument": {"uri": "file:///a.py"}}, "log: missing"),
    "a document that is no object": ({"log": "", "textDocument": "a.py"}, "textDocument: must be an object"),
    "a document without uri": ({"log": "", "textDocument": {}}, "textDocument.uri"),
    "a negative line": (
        {"textDocument": {"uri": "file:///a.py"}, "range": {"start": {"line": -1, "character": 0}, "end": {}}},
        "range.start.line",
    ),
    "a relative cwd": ({"log": "", "cwd": "here"}, "cwd: must be an absolute path"),
    "a token of the wrong type": ({"log": "", "workDoneToken": [1]}, "workDoneToken"),
    "a document that is not open": (
        {
            "textDocument": {"uri": "file:///a.py"},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}},
        },
        "not open",
    ),
}


async def test_bad_params(tmp_path: Path, backend: FakeBackend) -> None:
    """Wrong parameters are answered with InvalidParams that names the field, for the request and the command alike."""
    async with editing(tmp_path, backend.base_url) as editor:
        for what, (params, words) in BAD_PARAMS.items():
            for method, sent in (
                ("qwen/diagnose", params),
                ("workspace/executeCommand", types.ExecuteCommandParams("qwen.diagnose", [params])),
            ):
                with pytest.raises(JsonRpcException) as caught:
                    await editor.request(method, sent)
                assert (what, caught.value.code) == (what, INVALID_PARAMS)
                assert words in caught.value.message, what
        with pytest.raises(JsonRpcException, match="one argument") as caught:
            await editor.request("workspace/executeCommand", types.ExecuteCommandParams("qwen.diagnose"))
        assert caught.value.code == INVALID_PARAMS
        assert backend.requests == []


async def test_malformed_request(tmp_path: Path, backend: FakeBackend) -> None:
    """A request of the protocol itself with wrong parameters is answered too, and the next one is served."""
    async with editing(tmp_path, backend.base_url) as editor:
        protocol = editor.client.protocol
        answer = protocol._request_futures["malformed"] = Future()
        protocol._send_data({"jsonrpc": "2.0", "id": "malformed", "method": "textDocument/codeAction", "params": {}})
        with pytest.raises(JsonRpcException) as caught:
            await asyncio.wait_for(asyncio.wrap_future(answer), DEADLINE_S)
        assert caught.value.code == INVALID_PARAMS
        # A key that pygls takes for the mark of a whole message.
        assert (await editor.diagnose("", jsonrpc="2.0"))["failures"] == []


@ENCODINGS
async def test_selected_log(encoding: str, tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A log selected in any buffer offers to be diagnosed, and the command reads just the selection."""
    buffer, note = "untitled:Untitled-1", "😀 what I got:\n"
    async with editing(tmp_path, backend.base_url, encoding=encoding) as editor:
        editor.open_buffer(buffer, f"{note}{shop_log}\nKeyError: not part of it\n")
        end = types.Position(1 + shop_log.count("\n"), 0)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(buffer),
            types.Range(types.Position(1, 0), end),
            types.CodeActionContext([]),
        )
        (action,) = await editor.client.text_document_code_action_async(params) or ()
        assert isinstance(action, types.CodeAction)
        assert action.title == "Diagnose this error log"
        assert action.command is not None
        command = types.ExecuteCommandParams(action.command.command, list(action.command.arguments or ()))
        report = await editor.request("workspace/executeCommand", command)
        assert [failure["exception_type"] for failure in report["failures"]] == ["ZeroDivisionError"]
        assert editor.codes("shop.py") == ["root-cause"]

        for place, only in (
            (types.Range(end, end), None),
            (types.Range(types.Position(0, 0), types.Position(1, 0)), None),
            (params.range, [types.CodeActionKind.QuickFix]),
        ):
            params.range, params.context.only = place, only
            assert not await editor.client.text_document_code_action_async(params)


@pytest.mark.slow
async def test_report_without_workspace(tmp_path: Path, shop_log: str) -> None:
    """Without a workspace folder the folder of the document that came along is searched."""
    (tmp_path / "elsewhere").mkdir()
    assert (tmp_path / "shop.py").read_text() == SHOP
    async with editing(tmp_path / "elsewhere", closed_port_url()) as editor:
        removed = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(editor.root.as_uri(), "")])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(removed))
        report = await editor.diagnose(shop_log, textDocument={"uri": (tmp_path / "shop.py").as_uri()})
        assert [one["path"] for one in report["diagnostics"]] == [str(tmp_path / "shop.py")]
