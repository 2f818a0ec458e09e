"""Feedback: what the user says of a diagnosis, and what becomes known of its fixes by itself."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from qwen_lsp.feedback import FeedbackError, Store, Verdict, event_of
from qwen_lsp.feedback import store as store_module
from qwen_lsp.model import Diagnosis
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import CAUSE, SHOP
from tests.lsp.editor import editing

INVALID_PARAMS = -32602


def feedback(state: Path, *arguments: str) -> str:
    """Return what ``qwen-lsp feedback`` prints."""
    command = [sys.executable, "-m", "qwen_lsp", "feedback", *arguments]
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


async def test_what_is_said_and_what_happens_is_kept(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A verdict, a fix that is applied and undone; the command line shows it and can delete it."""
    state = tmp_path / "state"
    variables = {"XDG_STATE_HOME": str(state), "MY_TOKEN": "correcthorse"}
    options = {"fix": {"rerun": "always"}}
    async with editing(tmp_path, backend.base_url, variables=variables, options=options) as editor:
        with pytest.raises(JsonRpcException, match="no diagnosis"):
            await editor.request("qwen/feedback", {"target": "diagnosis", "verdict": "good"})
        editor.open("shop.py")
        await editor.diagnose(shop_log)
        (action,) = await editor.actions("shop.py")
        resolved = await editor.client.code_action_resolve_async(action)
        assert resolved.edit is not None
        editor.apply(resolved.edit)
        editor.change("shop.py", editor.text("shop.py") + "# more\n")
        editor.change("shop.py", SHOP)
        good = {"target": "diagnosis", "verdict": "good", "note": "as I thought: correcthorse"}
        assert await editor.request("qwen/feedback", good) == {}
        command = types.ExecuteCommandParams("qwen.feedback", [{"target": "fix", "fix": 0, "verdict": "bad"}])
        assert await editor.request("workspace/executeCommand", command) == {}
        bad: dict[str, dict[str, Any]] = {
            "target": {"target": "log", "verdict": "good"},
            "verdict": {"target": "diagnosis", "verdict": "fine"},
            "fix: must be": {"target": "fix", "verdict": "good"},
            "fix: there is no fix 7": {"target": "fix", "fix": 7, "verdict": "good"},
            "note": {"target": "diagnosis", "verdict": "good", "note": 1},
        }
        for said, params in bad.items():
            with pytest.raises(JsonRpcException, match=said) as refused:
                await editor.request("qwen/feedback", params)
            assert refused.value.code == INVALID_PARAMS

    events = [json.loads(line) for line in feedback(state, "export").splitlines()]
    assert [(event["target"], event["verdict"]) for event in events] == [
        ("fix", "rerun passes"),
        ("fix", "applied"),
        ("fix", "undone"),
        ("diagnosis", "good"),
        ("fix", "bad"),
    ]
    _, applied, _, said, _ = events
    assert (applied["exception_type"], applied["rung"], applied["hides_error"]) == (
        "ZeroDivisionError",
        "rerun passes, doubtful",
        False,
    )
    assert (said["explanation"], said["note"]) == (CAUSE, "as I thought: [masked]")
    assert "total / len(prices)" not in json.dumps(events)
    report = feedback(state, "report")
    assert report.startswith("5 events")
    assert "ZeroDivisionError" in report
    assert (state / "qwen-lsp" / "feedback.sqlite").stat().st_mode & 0o077 == 0
    assert feedback(state, "purge").startswith("5 events deleted")
    assert feedback(state, "report").startswith("0 events")


def test_the_store_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first."""
    monkeypatch.setattr(store_module, "MAX_EVENTS", 3)
    store = Store(tmp_path / "deep" / "feedback.sqlite")
    for number in range(5):
        store.add(event_of(Diagnosis(), Verdict.GOOD, note=str(number)))
    assert [event.note for event in store.events()] == ["2", "3", "4"]


@pytest.mark.parametrize("damage", ["text", "newer", "folder"])
def test_a_store_that_cannot_be_used_is_told(damage: str, tmp_path: Path) -> None:
    """With its file and what to do; nothing in it is overwritten."""
    path = tmp_path / "feedback.sqlite"
    if damage == "text":
        path.write_text("no database " * 100, encoding="utf-8")
    elif damage == "newer":
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 9")
        connection.close()
    else:
        path.mkdir()
    with pytest.raises(FeedbackError, match=f"{path}.*move the file away"):
        Store(path).add(event_of(Diagnosis(), Verdict.GOOD))


def test_several_processes_keep_events_at_once(tmp_path: Path) -> None:
    """As several editors do; none is lost."""
    script = (
        "import sys; from pathlib import Path; from qwen_lsp.feedback import *; from qwen_lsp.model import Diagnosis\n"
        "for _ in range(60): Store(Path(sys.argv[1])).add(event_of(Diagnosis(), Verdict.GOOD))"
    )
    path = tmp_path / "feedback.sqlite"
    running = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(Store(path).events()) == 180
