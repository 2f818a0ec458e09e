"""A diagnosis while it runs: progress, cancelling, and what a failure inside leaves behind."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend
from tests.lsp.conftest import REPLY, slow_but_first
from tests.lsp.editor import PUSH_ONLY, Editor, editing

REQUEST_CANCELLED = -32800
INTERNAL_ERROR = -32603
WITH_PROGRESS = copy.deepcopy(PUSH_ONLY)
WITH_PROGRESS.window = types.WindowClientCapabilities(work_done_progress=True)


def heard(editor: Editor, token: types.ProgressToken) -> list[Any]:
    """Return the progress heard for a token; pytest-lsp declares another type than it keeps."""
    return list(editor.client.progress_reports.get(token, []))


def progress(editor: Editor, token: str) -> list[str]:
    """Return the kinds of progress heard for a token, repetitions left out."""
    kinds = [report.kind for report in heard(editor, token)]
    return [kind for index, kind in enumerate(kinds) if index == 0 or kinds[index - 1] != kind]


async def cancelled_by_request(editor: Editor) -> None:
    """Cancel as a user does who stops waiting."""
    editor.cancel("slow")


async def cancelled_by_progress(editor: Editor) -> None:
    """Cancel as a user does in the progress bar."""
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams("token"))


async def cancelled_by_clear(editor: Editor) -> None:
    """Cancel by taking away what is shown."""
    await editor.request("workspace/executeCommand", types.ExecuteCommandParams("qwen.clear"))


async def cancelled_by_newer(editor: Editor) -> None:
    """Cancel by diagnosing another log."""
    await editor.diagnose("nothing to see")


CANCELS = {
    "the request": (cancelled_by_request, ["crash-site"]),
    "the progress bar": (cancelled_by_progress, ["crash-site"]),
    "clear": (cancelled_by_clear, []),
    "a newer log": (cancelled_by_newer, []),
}
BEYOND_PYGLS = ("the request", True)


@pytest.mark.parametrize(
    ("what", "as_command"),
    # $/cancelRequest of a command does not reach its handler in pygls 2.1.
    slow_but_first(
        (what, as_command) for what in CANCELS for as_command in (False, True) if (what, as_command) != BEYOND_PYGLS
    ),
)
async def test_cancel(what: str, as_command: bool, tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """Cancelling hangs up on the model's server and answers RequestCancelled; the next log is served."""
    cancel, left = CANCELS[what]
    backend.hangs(after=REPLY[:60])
    async with editing(tmp_path, backend.base_url) as editor:
        editor.client.progress_reports["token"] = []
        params = {"log": shop_log, "workDoneToken": "token"}
        if as_command:
            command = types.ExecuteCommandParams("qwen.diagnose", [params])
            running = editor.start("workspace/executeCommand", command)
        else:
            running = editor.start("qwen/diagnose", params, "slow")
        await editor.waiting(backend.asked)
        await editor.until(lambda: editor.codes("shop.py") == ["crash-site"], "the crash site")
        await cancel(editor)
        with pytest.raises(JsonRpcException) as caught:
            await running
        assert caught.value.code == REQUEST_CANCELLED
        await editor.waiting(backend.hung_up)
        assert editor.codes("shop.py") == left
        await editor.until(lambda: progress(editor, "token")[-1] == "end", "the progress to end")
        backend.says(REPLY)
        assert (await editor.diagnose(shop_log))["fixes"]


async def test_progress_of_the_server(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A client that shows progress sees stages and the words of the reply, without having given a token."""
    backend.hangs(after=REPLY[:60])
    async with editing(tmp_path, backend.base_url, capabilities=WITH_PROGRESS) as editor:
        running = editor.start("qwen/diagnose", {"log": shop_log}, "slow")

        def messages() -> list[str]:
            reports = [report for token in editor.client.progress_reports for report in heard(editor, token)]
            return [report.message or "" for report in reports if isinstance(report, types.WorkDoneProgressReport)]

        await editor.until(lambda: any("asking the model" in message for message in messages()), "the stage")
        (token,) = editor.client.progress_reports
        begin = heard(editor, token)[0]
        assert isinstance(begin, types.WorkDoneProgressBegin)
        assert (begin.title, begin.cancellable) == ("qwen: diagnosing", True)
        editor.cancel("slow")
        with pytest.raises(JsonRpcException):
            await running
        await editor.until(lambda: progress(editor, str(token)) == ["begin", "report", "end"], "the end")


async def test_misbehaving_analysis(tmp_path: Path) -> None:
    """What anything prints never reaches the client, and a bug in a handler is reported while others are served."""
    command = [sys.executable, "-m", "tests.lsp.misbehaving_server"]
    async with editing(tmp_path, "http://127.0.0.1:9/v1", command=command) as editor:
        with pytest.raises(JsonRpcException, match="the analysis has a bug") as caught:
            await editor.diagnose("fail")
        assert caught.value.code == INTERNAL_ERROR
        (message,) = editor.client.messages
        assert message.type is types.MessageType.Error
        assert "the analysis has a bug" in message.message
        assert any("the analysis has a bug" in one.message for one in editor.client.log_messages)
        assert (await editor.diagnose("all is well"))["failures"] == []


@pytest.mark.slow
async def test_unknown_settings(tmp_path: Path, backend: FakeBackend) -> None:
    """A setting that is not known is named once in the editor's log."""
    async with editing(tmp_path, backend.base_url, options={"bakcend": {}}) as editor:
        await editor.until(lambda: editor.client.log_messages, "the warning")
        await editor.settled()
        (warning,) = editor.client.log_messages
        assert "bakcend" in warning.message
