"""The conversation, as an editor has it: follow-ups on a diagnosis or a selection, roles, cancelling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend, closed_port_url
from tests.lsp.conftest import CAUSE, slow_but_first
from tests.lsp.editor import editing

REQUEST_CANCELLED, INVALID_PARAMS = -32800, -32602
ANSWER = "Because the second cart is empty, it divides by zero.\n\n```python\nif not prices: ...\n```\nSo check it."
PIRATE = '+++\nid = "pirate"\nversion = 1\ntitle = "Pirate"\ndescription = "Arr."\n+++\nYou are a pirate.\n'


def sent(backend: FakeBackend, index: int = -1) -> list[tuple[str, str]]:
    """Return role and text of the messages of a chat request."""
    return [(message["role"], message["content"]) for message in backend.requests[index]["messages"]]


async def test_follow_ups(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A question is about the diagnosis; the next one goes on from there, in the same conversation and role."""
    async with editing(tmp_path, backend.base_url) as editor:
        await editor.diagnose(shop_log)
        backend.says(ANSWER)
        question = {"question": "Which cart is it?", "role": "teacher", "partialResultToken": "part"}
        first = await editor.request("qwen/ask", question)
        assert first == {
            "answer": ANSWER,
            "conversation": first["conversation"],
            "role": "teacher",
            "problems": [],
        }
        partial = editor.client.partial_texts["part"]
        assert partial
        assert all(ANSWER.startswith(text) for text in partial)
        (system, _), (user, asked) = sent(backend)
        assert (system, user) == ("system", "user")
        for known in ("return total / len(prices)", "ZeroDivisionError", CAUSE, "+    if not prices:"):
            assert known in asked
        assert asked.endswith("Which cart is it?")
        assert not backend.requests[-1]["stop"]

        backend.says("The second.")
        following = {"question": "And now?", "conversation": first["conversation"]}
        command = types.ExecuteCommandParams("qwen.ask", [following])
        second = await editor.request("workspace/executeCommand", command)
        assert second["answer"] == "The second."
        assert second["role"] == "teacher"
        assert sent(backend)[:2] == sent(backend, -2)
        assert sent(backend)[2:] == [("assistant", ANSWER), ("user", "And now?")]


async def test_a_selection(tmp_path: Path, shop_log: str, backend: FakeBackend) -> None:
    """A question with a selection is about that, and later selections are added to the question."""
    del shop_log
    backend.says("It adds.")
    async with editing(tmp_path, backend.base_url) as editor:
        editor.open("shop.py")
        lines = {"start": {"line": 1, "character": 4}, "end": {"line": 3, "character": 22}}
        document = {"textDocument": {"uri": editor.uri("shop.py")}}
        first = await editor.request("qwen/ask", {"question": "What is it?", "range": lines, **document})
        assert sent(backend)[1][1] == (
            "shop.py, lines 2-4 (selected by the user):\n```python\ntotal = 0\n    for price in prices:\n"
            "        total += price\n```\n\nWhat is it?"
        )
        await editor.request("qwen/ask", {"question": "All of it?", "conversation": first["conversation"], **document})
        assert "shop.py, lines 1-13" in sent(backend)[3][1]
        assert sent(backend)[3][1].endswith("report([[1, 2], []])\n```\n\nAll of it?")


async def test_roles(tmp_path: Path, backend: FakeBackend) -> None:
    """Shipped roles and the user's own are listed; a file that cannot be used is named with its field."""
    folder = tmp_path / "config" / "qwen-lsp" / "roles"
    folder.mkdir(parents=True)
    (folder / "pirate.md").write_text(PIRATE, encoding="utf-8")
    (folder / "broken.md").write_text(PIRATE.replace('title = "Pirate"\n', ""), encoding="utf-8")
    backend.says("Arr.")
    variables = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    async with editing(tmp_path, backend.base_url, variables=variables, locale="zh-cn") as editor:
        listed = await editor.request("qwen/roles", {})
        roles = {role["id"]: role for role in listed["roles"]}
        assert roles["pirate"] == {"id": "pirate", "title": "Pirate", "description": "Arr."}
        assert roles["debugger"]["title"] == "调试专家"
        assert {"reviewer", "security-auditor", "sql-tuner", "teacher", "doc-writer"} <= roles.keys()
        assert listed["problems"] == [f"{folder / 'broken.md'}: title: missing"]
        answer = await editor.request("qwen/ask", {"question": "Ahoy?", "role": "pirate"})
        assert answer["problems"] == listed["problems"]
        assert sent(backend)[0][1].startswith("You are a pirate.")
        assert "请用简体中文回答。" in sent(backend)[0][1]
        assert sent(backend)[1][1] == "Ahoy?\n请用简体中文回答。"


@pytest.mark.parametrize("by", slow_but_first(["the user", "a newer question"]))
async def test_cancelling(by: str, tmp_path: Path, backend: FakeBackend) -> None:
    """It stops generation, and the question is answered as cancelled; the conversation goes on without it."""
    backend.says("Yes.")
    async with editing(tmp_path, backend.base_url) as editor:
        first = await editor.request("qwen/ask", {"question": "Is it?"})
        backend.asked.clear()
        backend.hangs(after="Beca")
        going_on = {"question": "Why?", "conversation": first["conversation"]}
        running = editor.start("qwen/ask", going_on, "slow")
        await editor.waiting(backend.asked)
        backend.says("So it is.")
        if by == "the user":
            editor.cancel("slow")
        else:
            assert (await editor.request("qwen/ask", {"question": "Another thing?"}))["answer"] == "So it is."
        with pytest.raises(JsonRpcException) as refused:
            await running
        assert refused.value.code == REQUEST_CANCELLED
        await editor.waiting(backend.hung_up)
        assert (await editor.request("qwen/ask", going_on))["answer"] == "So it is."
        assert [text for _, text in sent(backend)[1:]] == ["Is it?", "Yes.", "Why?"]


async def test_a_backend_that_is_down(tmp_path: Path) -> None:
    """It is said in words, and the conversation can go on when there is one."""
    async with editing(tmp_path, closed_port_url()) as editor:
        answer = await editor.request("qwen/ask", {"question": "Why?"})
        assert answer["answer"] == ""
        assert "cannot be reached" in answer["problems"][0]


async def test_bad_questions(tmp_path: Path) -> None:
    """Each is refused with the field and what belongs there."""
    bad: dict[str, Any] = {
        "question": {},
        "question: must have": {"question": "x" * 9000},
        "role: there is no role 'cook'; there are debugger": {"question": "?", "role": "cook"},
        "role: must be": {"question": "?", "role": 1},
        "conversation: the conversation 'gone'": {"question": "?", "conversation": "gone"},
        "textDocument: missing": {
            "question": "?",
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}},
        },
        "is not open": {"question": "?", "textDocument": {"uri": "file:///nowhere.py"}},
        "partialResultToken": {"question": "?", "partialResultToken": True},
    }
    async with editing(tmp_path, closed_port_url()) as editor:
        for said, params in bad.items():
            with pytest.raises(JsonRpcException, match=said) as refused:
                await editor.request("qwen/ask", params)
            assert refused.value.code == INVALID_PARAMS
