"""From a log to a diagnosis, with a model that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qwen_lsp.analysis import Analyzer, DiagnoseRequest, Stage
from qwen_lsp.backend import BackendError
from qwen_lsp.model import ChatPrompt, Completion, Diagnosis, Position, Range, Rung, TokenCount
from qwen_lsp.workspace import DiskDocuments

SHOP = "def average(prices):\n    return sum(prices) / len(prices)\n\n\naverage([])\n"
LOG = """\
Traceback (most recent call last):
  File "shop.py", line 5, in <module>
    average([])
  File "shop.py", line 2, in average
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero
"""
FIXED = SHOP.replace("len(prices)", "max(len(prices), 1)")
CAUSE = "An empty list has no length to divide by."
GOOD = f"Cause: {CAUSE}\n```python\n{FIXED}```\n"

Answer = str | tuple[str, str] | BackendError


class ScriptedBackend:
    """Gives the next of ``answers`` (text, or text and finish reason) to each question, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.room: int | None = None
        self.prompts: list[ChatPrompt] = []

    async def complete(
        self,
        prompt: ChatPrompt,
        *,
        max_tokens: int,  # noqa: ARG002 - the protocol's names
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],  # noqa: ARG002
        temperature: float = 0.0,  # noqa: ARG002
    ) -> Completion:
        """Return the next answer, or raise it."""
        self.prompts.append(prompt)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BackendError):
            raise answer
        text, finish_reason = answer if isinstance(answer, tuple) else (answer, "stop")
        on_text(text)
        return Completion(text, finish_reason, first_token_ms=1.0)

    async def count(self, prompt: ChatPrompt, on_wait: Callable[[str], None]) -> TokenCount:  # noqa: ARG002
        """Count a token for every four characters of the question, and have room for ``room``."""
        return TokenCount(len(prompt.messages[-1][1]) // 4, self.room)


async def _explain(
    folder: Path, backend: ScriptedBackend, log: str = LOG, stages: list[tuple[Stage, str]] | None = None
) -> Diagnosis:
    (folder / "shop.py").write_text(SHOP, encoding="utf-8")
    analyzer = Analyzer(DiskDocuments(), backend)
    request = DiagnoseRequest(log, (folder,), folder)
    heard = stages if stages is not None else []
    return await analyzer.explain(request, analyzer.locate(request), lambda *one: heard.append(one))


async def test_a_good_reply_is_a_root_cause_and_a_fix(tmp_path: Path) -> None:
    """One question is enough; the root cause is where the fix changes the code."""
    backend, stages = ScriptedBackend(GOOD), list[tuple[Stage, str]]()
    diagnosis = await _explain(tmp_path, backend, stages=stages)
    assert diagnosis.root_cause is not None
    assert (diagnosis.root_cause.explanation, diagnosis.root_cause.range.start.line) == (CAUSE, 1)
    (fix,) = diagnosis.fixes
    assert fix.rung is Rung.COMPILES
    assert (diagnosis.problems, diagnosis.backend_failed, len(backend.prompts)) == ((), False, 1)
    assert list(dict.fromkeys(stage for stage, _ in stages)) == [Stage.READING, Stage.ASKING, Stage.CHECKING]
    assert (Stage.ASKING, GOOD) in stages
    assert diagnosis.timing.first_token_ms == 1.0
    assert diagnosis.timing.total_ms is not None


async def test_what_is_missing_is_where_the_code_before_it_is(tmp_path: Path) -> None:
    """A line that belongs above a blank one is told at the line before, where there is something to underline."""
    added = SHOP.replace("len(prices)\n", "len(prices)\n    # never reached\n    print()\n", 1)
    diagnosis = await _explain(tmp_path, ScriptedBackend(f"Cause: {CAUSE}\n```python\n{added}```\n"))
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.range == Range(Position(1, 4), Position(1, 36))


async def test_an_added_line_is_missing_below_what_is_above_it(tmp_path: Path) -> None:
    """Not at what comes next, which is right."""
    added = SHOP.replace("average([])", "print('now')\naverage([])")
    diagnosis = await _explain(tmp_path, ScriptedBackend(f"Cause: {CAUSE}\n```python\n{added}```\n"))
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.range.start.line == 1


async def test_a_guard_is_missing_before_the_first_line_that_needs_it(tmp_path: Path) -> None:
    """Not at the head of the function, which is right."""
    added = SHOP.replace("    return", "    if not prices:\n        return 0\n    return", 1)
    diagnosis = await _explain(tmp_path, ScriptedBackend(f"Cause: {CAUSE}\n```python\n{added}```\n"))
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.range.start.line == 1


LEDGER = """\
class Ledger:
    def __init__(self, rows=[]):
        rows.append(0)
        self.rows = rows


def check():
    Ledger([1])
    if Ledger().rows is Ledger().rows:
        raise ValueError("both are one")


check()
"""
LEDGER_LOG = """\
Traceback (most recent call last):
  File "ledger.py", line 13, in <module>
    check()
  File "ledger.py", line 10, in check
    raise ValueError("both are one")
ValueError: both are one
"""


async def test_a_known_mistake_is_the_cause_before_the_model_is_asked(tmp_path: Path) -> None:
    """It is told at once, with its own fix; the model is asked about its place, and its words do not replace it."""
    (tmp_path / "ledger.py").write_text(LEDGER, encoding="utf-8")
    backend = ScriptedBackend("Cause: The check is too strict.\n```python\n```\n")
    analyzer, request = Analyzer(DiskDocuments(), backend), DiagnoseRequest(LEDGER_LOG, (tmp_path,), tmp_path)
    located = analyzer.locate(request)
    assert located.root_cause is not None
    assert (located.root_cause.range.start.line, "share this one object" in located.root_cause.explanation) == (1, True)
    (fix,) = located.fixes
    assert fix.title == "Make a new one in each call (compiles)"
    explained = await analyzer.explain(request, located, lambda *_: None)
    assert (explained.root_cause, explained.fixes) == (located.root_cause, located.fixes)
    question = backend.prompts[0].messages[-1][1]
    assert "A review found a mistake in" in question
    assert "line 2: All calls without `rows`" in question


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("Cause: it is so.", "block"),
        ("", "block"),
        ("Cause: it is so.\n```python\n```", "block"),
        ((f"Cause: it is so.\n```python\n{FIXED}", "disconnected"), "not closed"),
        ((GOOD, "length"), "cut off"),
        (f"Cause: it is so.\n```python\n{FIXED.replace('[])', '[]')}```", "compile"),
    ],
)
async def test_a_useless_reply_is_asked_for_again(tmp_path: Path, bad: str | tuple[str, str], reason: str) -> None:
    """The model is told why; a good second reply counts."""
    backend = ScriptedBackend(bad, GOOD)
    diagnosis = await _explain(tmp_path, backend)
    assert len(diagnosis.fixes) == 1
    assert diagnosis.problems == ()
    first, second, *_ = backend.prompts
    assert second.messages[: len(first.messages)] == first.messages
    assert reason in second.messages[-1][1]


async def test_a_model_that_changes_nothing_is_asked_the_same_again(tmp_path: Path) -> None:
    """Shown its own reply it would only repeat it."""
    backend = ScriptedBackend(f"Cause: it is so.\n```python\n{SHOP}```", GOOD)
    diagnosis = await _explain(tmp_path, backend)
    assert len(diagnosis.fixes) == 1
    assert {prompt.messages for prompt in backend.prompts} == {backend.prompts[0].messages}


class Copier(ScriptedBackend):
    """Copies the failing line first, and ends with ``first`` when it is asked again; further answers can be held up."""

    def __init__(self, first: str, other: str, *, holds_up: bool) -> None:
        super().__init__(other)
        self.first = first
        self.asked_again, self.released = asyncio.Event(), asyncio.Event()
        self.cancelled = 0
        if not holds_up:
            self.released.set()

    async def complete(self, prompt: ChatPrompt, **rest: Any) -> Completion:
        """Return ``first``, or the other answer once it is released."""
        if not self.prompts:
            self.prompts.append(prompt)
            rest["on_text"](f"Cause: it is so.\n```python\n{SHOP.partition('average([])')[0]}")
            await self.asked_again.wait()
            return Completion(self.first, "stop", first_token_ms=1.0)
        self.asked_again.set()
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return await super().complete(prompt, **rest)


async def test_while_the_failing_line_is_copied_others_are_asked_for(tmp_path: Path) -> None:
    """The first answer has not ended then, and is of no use; one of the others is."""
    backend = Copier(f"Cause: it is so.\n```python\n{SHOP}```", GOOD, holds_up=False)
    diagnosis = await asyncio.wait_for(_explain(tmp_path, backend), 30)
    assert [fix.title for fix in diagnosis.fixes] == [f"Fix: {CAUSE.rstrip('.')} (compiles)"]


async def test_others_are_dropped_where_the_first_is_of_use_after_all(tmp_path: Path) -> None:
    """It mends something after the failing line; nobody waits for the rest."""
    last = SHOP.replace("average([])", "average([1])")
    backend = Copier(f"Cause: it is so.\n```python\n{last}```", GOOD, holds_up=True)
    diagnosis = await asyncio.wait_for(_explain(tmp_path, backend), 30)
    assert [fix.title for fix in diagnosis.fixes] == ["Fix: it is so (compiles)"]
    assert backend.cancelled == 4


async def test_after_a_second_round_of_useless_replies_the_explanation_is_kept(tmp_path: Path) -> None:
    """There is no third; the user hears why there is no fix, and the place stays the crash."""
    backend = ScriptedBackend(f"Cause: {CAUSE}\n```python\n{SHOP}```", "Cause: dunno.")
    diagnosis = await _explain(tmp_path, backend)
    assert (diagnosis.fixes, diagnosis.backend_failed) == ((), False)
    assert len(backend.prompts) < 10
    assert diagnosis.root_cause is not None
    assert (diagnosis.root_cause.explanation, diagnosis.root_cause.range.start.line) == (CAUSE, 1)
    assert len(diagnosis.problems) == 1
    assert diagnosis.primary is not None


async def test_a_file_that_changes_while_the_model_answers_is_not_asked_about_again(tmp_path: Path) -> None:
    """Asking again could not help."""

    class Slow(ScriptedBackend):
        async def complete(self, prompt: ChatPrompt, **options: Any) -> Completion:
            (tmp_path / "shop.py").write_text("# new\n" + SHOP, encoding="utf-8")
            return await super().complete(prompt, **options)

    backend = Slow(GOOD, GOOD)
    diagnosis = await _explain(tmp_path, backend)
    assert (len(backend.prompts), diagnosis.fixes) == (1, ())
    assert "changed" in diagnosis.problems[0]


async def test_a_backend_that_fails_leaves_what_is_known(tmp_path: Path) -> None:
    """The crash site is still shown, with what the user can do."""
    diagnosis = await _explain(tmp_path, ScriptedBackend(BackendError("it is down; start it")))
    assert diagnosis.backend_failed
    assert diagnosis.problems == ("it is down; start it",)
    assert diagnosis.primary is not None
    assert diagnosis.primary.crash is not None
    assert (diagnosis.root_cause, diagnosis.fixes) == (None, ())


@pytest.mark.parametrize(
    "log",
    [
        "",
        "all is well",
        LOG.replace("shop.py", "/elsewhere/other.py").replace("average", "mean").replace("prices", "x"),
    ],
)
async def test_without_a_place_in_the_workspace_the_model_is_not_asked(tmp_path: Path, log: str) -> None:
    """There is nothing to show it."""
    backend = ScriptedBackend()
    diagnosis = await _explain(tmp_path, backend, log)
    assert diagnosis.problems
    assert backend.prompts == []


async def test_cancelling_reaches_the_backend(tmp_path: Path) -> None:
    """The request is closed, which stops the engine."""
    asked, cancelled = asyncio.Event(), asyncio.Event()

    class Hanging(ScriptedBackend):
        async def complete(self, *_: Any, **__: Any) -> Completion:
            asked.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise
            raise AssertionError

    explaining = asyncio.create_task(_explain(tmp_path, Hanging()))
    await asyncio.wait_for(asked.wait(), 10)
    explaining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await explaining
    assert cancelled.is_set()


TABLE = "RATES = {" + ", ".join(f"{number}: {number * number}" for number in range(900)) + "}\n"
LONG_SHOP = (
    f"{TABLE}\n\ndef average(prices):\n    return sum(prices) / RATES[len(prices)] / len(prices)\n\n\naverage([])\n"
)
LONG_LOG = LOG.replace("line 2", "line 5").replace("line 5, in <module>", "line 8, in <module>")


async def _explain_long(folder: Path, backend: ScriptedBackend, shop: str = LONG_SHOP) -> Diagnosis:
    (folder / "shop.py").write_text(shop, encoding="utf-8")
    analyzer = Analyzer(DiskDocuments(), backend)
    request = DiagnoseRequest(LONG_LOG, (folder,), folder)
    return await analyzer.explain(request, analyzer.locate(request), lambda *_: None)


async def test_code_that_the_model_has_no_room_for_is_left_out_and_named(tmp_path: Path) -> None:
    """What the failure does not lie in goes; the code around the failure stays."""
    backend = ScriptedBackend("Cause: An empty list.")
    backend.room = 3000
    diagnosis = await _explain_long(tmp_path, backend)
    assert "RATES = {" not in backend.prompts[0].messages[-1][1]
    assert "RATES[len(prices)]" in backend.prompts[0].messages[-1][1]
    (said,) = (one for one in diagnosis.problems if "no room" in one)
    assert "shop.py, lines 1-1" in said
    backend = ScriptedBackend("Cause: An empty list.")
    backend.room = 50_000
    diagnosis = await _explain_long(tmp_path, backend)
    assert "RATES = {" in backend.prompts[0].messages[-1][1]
    assert not any("no room" in one for one in diagnosis.problems)


async def test_code_that_is_too_long_by_itself_is_not_asked_about(tmp_path: Path) -> None:
    """Such as a program in one line, as minifiers write it; where it crashed is told all the same."""
    backend = ScriptedBackend("Cause: An empty list.")
    backend.room = 2000
    padded = LONG_SHOP.replace("/ len(prices)\n", f"/ len(prices)  # {'-' * 9000}\n")
    diagnosis = await _explain_long(tmp_path, backend, padded)
    assert backend.prompts == []
    assert not diagnosis.backend_failed
    assert diagnosis.primary is not None
    assert diagnosis.primary.crash is not None
    assert any("line 5 is too long for the model" in one for one in diagnosis.problems)
