"""The conversation with the real model, in a Chinese editor: one server, and one flow after the other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from qwen_lsp.feedback import Store
from tests.conftest import RealBackend
from tests.lsp.editor import Editor, editing, run_failing

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

MODEL_DEADLINE_S = 600.0
CHINESE = re.compile("[\u4e00-\u9fff]")
SHOP = """\
def net_total(prices, discount):
    total = sum(prices)
    return total + total * discount


assert net_total([10, 20], 0.1) == 27, net_total([10, 20], 0.1)
"""
SAILOR = """\
+++
id = "sailor"
version = 1
title = "Sailor"
description = "Speaks like one."
+++
You are a sailor who knows Python. Begin every answer with the word Ahoy, and use one sentence.
"""


@dataclass(frozen=True)
class Diagnosed:
    """An editor after a diagnosis, its report, and where feedback is kept."""

    editor: Editor
    report: dict[str, Any]
    feedback: Store


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def diagnosed(real_backend: RealBackend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Diagnosed]:
    """One server for all flows; the user has a role of his own, and his language is Chinese."""
    folder = tmp_path_factory.mktemp("conversation")
    (folder / "config" / "qwen-lsp" / "roles").mkdir(parents=True)
    (folder / "config" / "qwen-lsp" / "roles" / "sailor.md").write_text(SAILOR, encoding="utf-8")
    workspace = folder / "shop"
    workspace.mkdir()
    log = run_failing(workspace, "shop.py", SHOP)
    own = {
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "QWEN_LSP_TIMEOUT_S": str(MODEL_DEADLINE_S),
    }
    variables = {**real_backend.environment, **own}
    async with editing(workspace, "", variables=variables, locale="zh-cn", deadline_s=MODEL_DEADLINE_S) as editor:
        editor.open("shop.py")
        report = await editor.diagnose(log)
        yield Diagnosed(editor, report, Store(folder / "state" / "qwen-lsp" / "feedback.sqlite"))


async def test_language(diagnosed: Diagnosed) -> None:
    """The cause and the words around it are Chinese; the fix is code all the same."""
    (diagnostic,) = diagnosed.editor.shown("shop.py")
    assert diagnostic.code == "root-cause"
    assert CHINESE.search(diagnostic.message)
    assert diagnostic.related_information
    assert CHINESE.search(diagnostic.related_information[0].message)
    assert diagnosed.report["fixes"]


async def test_follow_up(diagnosed: Diagnosed) -> None:
    """The model knows what was diagnosed and what it was asked before, and answers as it writes, in Chinese."""
    first = await diagnosed.editor.request(
        "qwen/ask", {"question": "出错的是哪个函数? 只回答函数名。", "partialResultToken": "part"}
    )
    assert "net_total" in first["answer"]
    assert diagnosed.editor.client.partial_texts["part"]
    second = await diagnosed.editor.request(
        "qwen/ask", {"question": "请用一句话说明这个函数的作用。", "conversation": first["conversation"]}
    )
    assert CHINESE.search(second["answer"])


async def test_role(diagnosed: Diagnosed) -> None:
    """A role of the user's own is heeded."""
    answer = await diagnosed.editor.request("qwen/ask", {"question": "What went wrong?", "role": "sailor"})
    assert (answer["role"], answer["problems"]) == ("sailor", [])
    assert "ahoy" in answer["answer"].lower()


async def test_feedback(diagnosed: Diagnosed) -> None:
    """A verdict and an applied fix are kept, with the model's own sentence."""
    assert await diagnosed.editor.request("qwen/feedback", {"target": "diagnosis", "verdict": "good"}) == {}
    (action, *_) = await diagnosed.editor.actions("shop.py")
    resolved = await diagnosed.editor.client.code_action_resolve_async(action)
    assert resolved.edit is not None
    diagnosed.editor.apply(resolved.edit)
    await diagnosed.editor.settled()
    good, applied = diagnosed.feedback.events()
    assert (good.verdict, good.exception_type, applied.verdict) == ("good", "AssertionError", "applied")
    assert good.explanation
    assert CHINESE.search(good.explanation)
