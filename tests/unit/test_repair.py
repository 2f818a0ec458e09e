"""Fixes are tried with the failed command, and searched for line by line where none makes it succeed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qwen_lsp.analysis import Analyzer, DiagnoseRequest, Stage
from qwen_lsp.backend import BackendError
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import (
    ChatPrompt,
    Completion,
    Diagnosis,
    Failure,
    FailureKind,
    Gap,
    Infilling,
    Located,
    LocatedFrame,
    Position,
    Range,
    Region,
    Rung,
    StackFrame,
    TokenCount,
)
from qwen_lsp.repair import shrinking
from qwen_lsp.repair.gaps import LineGap, line_gaps
from qwen_lsp.repair.suspicion import most_suspicious_first
from qwen_lsp.rerun import Command
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments

MAIN = """\
from prices import parse


def total(rows):
    return sum(parse(row) for row in rows)


assert total(['1', '2']) == 3
"""
PRICES = '''\
"""Prices."""


def parse(text):
    """Return the number in text."""
    value = text
    return value
'''
UNCHANGED = f"Cause: Something.\n```python\n{MAIN}```\n"
PATCHED_CRASH = f"Cause: Something.\n```python\n{MAIN.replace('assert total', 'assert 3 or total')}```\n"
WHY = "Cause: parse returns the text instead of a number."


class Documents:
    """One file that need not be on the disk."""

    def __init__(self, snapshot: TextSnapshot) -> None:
        self._snapshot = snapshot

    def read(self, path: Path) -> TextSnapshot | None:
        """Return the file, if ``path`` is its."""
        return self._snapshot if path == self._snapshot.path else None


class Filler:
    """A model that answers questions with ``replies``, and writes what ``fills`` has for a gap's preceding line."""

    def __init__(self, replies: list[str], fills: Mapping[str, Infilling], error: BackendError | None = None) -> None:
        self.replies = replies
        self.fills = fills
        self.error = error
        self.gaps: list[Gap] = []
        self.unlikely = ""

    async def complete(
        self,
        prompt: ChatPrompt,  # noqa: ARG002 - the protocol's names
        *,
        max_tokens: int,  # noqa: ARG002
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],  # noqa: ARG002
        temperature: float = 0.0,  # noqa: ARG002
        ends_with_code: bool = True,  # noqa: ARG002
    ) -> Completion:
        """Return the next reply, the last one for ever."""
        text = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        on_text(text)
        return Completion(text, "stop", first_token_ms=1.0)

    async def count(self, prompt: ChatPrompt, on_wait: Callable[[str], None]) -> TokenCount:  # noqa: ARG002
        """Say that there is room for everything."""
        return TokenCount(1, None)

    async def infill(self, gap: Gap, *, samples: int, temperature: float, max_tokens: int) -> tuple[Infilling, ...]:  # noqa: ARG002
        """Return what belongs below the line that stands before the gap."""
        self.gaps.append(gap)
        fill = self.fills.get(gap.before.rstrip().splitlines()[-1].strip())
        if self.error is not None and fill is None:
            raise self.error
        return (fill,) if fill is not None else ()

    async def likelihood(self, gap: Gap, text: str) -> float | None:
        """Find everything likely but ``unlikely``."""
        assert gap.before + gap.after
        return -20.0 if self.unlikely and self.unlikely in text else -1.0


RIGHT = {'"""Return the number in text."""': Infilling("value = int(text)", -0.5)}


def _log(folder: Path) -> str:
    argv = [sys.executable, "main.py"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False).stderr


async def _tried(
    folder: Path,
    model: Filler,
    command: Command | None = None,
    stages: list[tuple[Stage, str]] | None = None,
    prices: str = PRICES,
) -> Diagnosis:
    (folder / "main.py").write_text(MAIN)
    (folder / "prices.py").write_text(prices)
    request = DiagnoseRequest(await asyncio.to_thread(_log, folder), (folder,), folder, command)
    analyzer = Analyzer(DiskDocuments(), model)
    heard = stages if stages is not None else []
    explained = await analyzer.explain(request, analyzer.locate(request), lambda *_: None)
    return await analyzer.try_fixes(request, explained, lambda *one: heard.append(one))


async def test_the_fault_is_found_far_from_the_crash(tmp_path: Path) -> None:
    """The fix is in another file, has been run, says so, and is explained; the user's files are as they were."""
    stages: list[tuple[Stage, str]] = []
    diagnosis = await _tried(tmp_path, Filler([UNCHANGED] * 5 + [WHY], RIGHT), stages=stages)
    best = diagnosis.fixes[0]
    assert best.rung is Rung.RERUN_PASSES
    assert best.title == "Fix: parse returns the text instead of a number (rerun passes)"
    changed = [text for _, text in apply_fix(best, DiskDocuments())]
    assert changed == [PRICES.replace("value = text", "value = int(text)")]
    assert diagnosis.root_cause is not None
    assert (diagnosis.root_cause.path.name, diagnosis.root_cause.range.start.line) == ("prices.py", 5)
    assert diagnosis.root_cause.explanation == "parse returns the text instead of a number."
    assert (tmp_path / "prices.py").read_text() == PRICES
    assert stages[0][0] is Stage.RERUNNING
    assert stages[0][1].endswith(f" {tmp_path}/main.py")
    assert any(stage is Stage.SEARCHING and words.endswith(" of 18 tries, 1 found") for stage, words in stages)


async def test_a_first_fix_that_works_ends_the_search_before_it_begins(tmp_path: Path) -> None:
    """What makes the command succeed is offered as such, and no further question is asked."""
    reply = f"Cause: The text is added.\n```python\n{MAIN.replace('parse(row)', 'int(parse(row))')}```\n"
    model = Filler([reply], RIGHT)
    diagnosis = await _tried(tmp_path, model)
    assert [fix.title for fix in diagnosis.fixes] == ["Fix: The text is added (rerun passes)"]
    assert model.gaps == []


async def test_a_sure_line_ends_the_search(tmp_path: Path) -> None:
    """A line that works and that the model finds very likely is not waited on by the lines still open."""

    class Slow(Filler):
        async def infill(self, gap: Gap, *, samples: int, temperature: float, max_tokens: int) -> tuple[Infilling, ...]:
            written = await super().infill(gap, samples=samples, temperature=temperature, max_tokens=max_tokens)
            return written or await asyncio.get_running_loop().create_future()  # never

    async with asyncio.timeout(60):
        diagnosis = await _tried(tmp_path, Slow([UNCHANGED] * 5 + [WHY], RIGHT))
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES]


async def test_what_was_asked_is_not_changed_and_the_unlikely_not_offered(tmp_path: Path) -> None:
    """The script that was run is no place to look in, and what works but is very unlikely is not offered."""
    fills = {
        '"""Return the number in text."""': Infilling("value = int(text)", -7.0),
        "return sum(parse(row) for row in rows)": Infilling("print('no check')", -0.1),
    }
    crashing = PRICES.replace("return value", "return value + 0")
    model = Filler([f"Cause: Something.\n```python\n{crashing}```\n"], fills)
    diagnosis = await _tried(tmp_path, model, prices=crashing)
    assert diagnosis.fixes == ()
    assert model.gaps
    assert all('"""Prices."""' in gap.before for gap in model.gaps)


def _answer(program: str, cause: str = "The text is added.") -> str:
    return f"Cause: {cause}\n```python\n{program}```\n"


BROKEN = MAIN.replace("parse(row)", "parse(row).value")
RIGHT_AT_CRASH = MAIN.replace("parse(row)", "int(parse(row))")


async def test_where_the_first_draft_fails_the_model_is_asked_for_others(tmp_path: Path) -> None:
    """Of four more answers the one that works is offered first, with its words, and no line is searched for."""
    answers = [_answer(BROKEN, "No idea."), UNCHANGED, _answer(RIGHT_AT_CRASH), _answer(BROKEN), UNCHANGED]
    model = Filler(answers, RIGHT)
    diagnosis = await _tried(tmp_path, model)
    assert [fix.title for fix in diagnosis.fixes] == [
        "Fix: The text is added (rerun passes)",
        "Fix: No idea (compiles)",
    ]
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.explanation == "The text is added."
    assert model.gaps == []


async def test_of_the_answers_that_work_the_one_most_agreed_on_is_first(tmp_path: Path) -> None:
    """Two that write the same outweigh one that is shorter; one with a branch more comes last whatever agrees."""
    longer = MAIN.replace("parse(row)", "float(parse(row))")
    answers = [UNCHANGED] * 5 + [_answer(one) for one in (RIGHT_AT_CRASH, longer, DODGE, longer)]
    diagnosis = await _tried(tmp_path, Filler(answers, RIGHT))
    programs = [apply_fix(fix, DiskDocuments())[0][1] for fix in diagnosis.fixes]
    assert programs == [longer, RIGHT_AT_CRASH, DODGE]


async def test_an_answer_that_hides_the_error_is_last_and_explains_nothing(tmp_path: Path) -> None:
    """That it makes the command succeed is no reason to believe its words; that nothing does is not said either."""
    caught = MAIN.replace("assert total(['1', '2']) == 3", "try:\n    total(['1'])\nexcept TypeError:\n    pass")
    answers = [_answer(BROKEN, "No idea.")] + [_answer(caught, "Catch it.")] * 4
    diagnosis = await _tried(tmp_path, Filler(answers, {}))
    assert [fix.hides_error for fix in diagnosis.fixes] == [False, True]
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.explanation == "No idea."
    assert diagnosis.problems == ()


async def test_an_answer_that_fails_in_a_new_way_goes_back_with_that(tmp_path: Path) -> None:
    """The model is shown what its code led to, and what it then writes is tried."""
    asked: list[ChatPrompt] = []

    class Told(Filler):
        async def complete(self, prompt: ChatPrompt, **rest: Any) -> Completion:
            asked.append(prompt)
            return await super().complete(prompt, **rest)

    model = Told([_answer(BROKEN)] * 6 + [_answer(RIGHT_AT_CRASH)], RIGHT)
    diagnosis = await _tried(tmp_path, model)
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES, Rung.COMPILES]
    assert "AttributeError: 'str' object has no attribute 'value'" in asked[5].messages[-1][1]
    assert [prompt.prompt_id for prompt in asked] == ["fix"] * 5 + ["again"] * 2


async def test_a_refusal_is_not_told_where_a_fix_was_found_after_all(tmp_path: Path) -> None:
    """That the model's own fix is of no use matters only as long as there is no other."""
    fixed = await _tried(tmp_path, Filler([UNCHANGED] * 9 + [WHY], RIGHT))
    assert fixed.problems == ()
    unfixed = await _tried(tmp_path, Filler([UNCHANGED], {}), Command.typed("python3 main.py", tmp_path))
    assert [words.partition(":")[0] for words in unfixed.problems] == [
        "The model's fix is not offered",
        "No change that was tried makes `python3 main.py` succeed",
    ]


async def test_only_the_most_suspicious_lines_are_thought_about_again(tmp_path: Path) -> None:
    """Of a long program each line is filled once, the first ones again, also with the failing functions before them."""
    model = Filler([UNCHANGED], {})
    long = PRICES.replace(
        "    value = text\n", "".join(f"    value{i} = text\n" for i in range(40)) + "    value = text\n"
    )
    await _tried(tmp_path, model, prices=long)
    again = [gap for gap in model.gaps if "# at main.py: return sum(parse(row) for row in rows)\n" in gap.before]
    assert len(again) == 16
    assert len(model.gaps) - len(set(model.gaps)) == 16
    assert all(gap.before.startswith(f"# main.py\n{MAIN}") for gap in again if "def parse" in gap.before)
    assert len(model.gaps) > 40 + 16 + 16


DODGE = MAIN.replace("for row in rows)", "for row in rows) if not rows else 3")


PASSES, DOUBTFUL = (rung.label for rung in (Rung.RERUN_PASSES, Rung.RERUN_DOUBTFUL))


@pytest.mark.parametrize(
    ("logprob", "offered"),
    [
        (-0.5, [("prices.py", PASSES), ("main.py", DOUBTFUL)]),
        (-3.5, [("main.py", DOUBTFUL), ("prices.py", DOUBTFUL)]),
        (-5.5, [("main.py", DOUBTFUL)]),
    ],
)
async def test_a_likely_line_comes_before_a_draft_that_steps_around_the_fault(
    tmp_path: Path, logprob: float, offered: list[tuple[str, str]]
) -> None:
    """A draft that works by a new branch is not the end of the search; an unlikely line is in doubt, too."""
    fills = {'"""Return the number in text."""': Infilling("value = int(text)", logprob)}
    draft = f"Cause: A row may be empty.\n```python\n{DODGE}```\n"
    diagnosis = await _tried(tmp_path, Filler([draft, WHY], fills))
    assert [(fix.edits[0].path.name, fix.rung.label) for fix in diagnosis.fixes] == offered
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.path.name == offered[0][0]


async def test_what_the_model_would_not_expect_there_is_doubtful(tmp_path: Path) -> None:
    """It wrote the answers itself, and yet finds one unlikely in its place: the other one comes first."""
    longer = MAIN.replace("parse(row)", "float(parse(row))")
    answers = [UNCHANGED] * 5 + [_answer(one) for one in (RIGHT_AT_CRASH, RIGHT_AT_CRASH, longer, UNCHANGED)]
    model = Filler(answers, RIGHT)
    model.unlikely = "int(parse(row))"
    diagnosis = await _tried(tmp_path, model)
    programs = [apply_fix(fix, DiskDocuments())[0][1] for fix in diagnosis.fixes]
    assert programs == [longer, RIGHT_AT_CRASH]
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES, Rung.RERUN_DOUBTFUL]


async def test_an_unexpected_answer_ends_the_search_all_the_same(tmp_path: Path) -> None:
    """It does not look like a dodge: what else works is no better founded."""
    model = Filler([_answer(RIGHT_AT_CRASH)], RIGHT)
    model.unlikely = "int(parse(row))"
    diagnosis = await _tried(tmp_path, model)
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_DOUBTFUL]
    assert model.gaps == []


async def test_of_a_fix_only_what_is_needed_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an answer that changes three things the command needs one; the others stay, and the cause is told there."""
    monkeypatch.setattr(shrinking, "_MAX_S", 60.0)  # on a busy machine
    more = RIGHT_AT_CRASH.replace("== 3", "== 3, 'wrong'")
    more = more.replace("def total(rows):", "def total(rows: list):")
    diagnosis = await _tried(tmp_path, Filler([_answer(more)], {}))
    (fix,) = diagnosis.fixes
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.range.start.line == fix.edits[0].range.start.line == 4
    assert fix.title == "Fix: The text is added (rerun passes)"
    assert apply_fix(fix, DiskDocuments())[0][1] == RIGHT_AT_CRASH


async def test_a_line_that_does_less_is_doubtful(tmp_path: Path) -> None:
    """The command succeeds with a constant in the place of what was computed, however likely the model finds it."""
    fills = {'"""Return the number in text."""': Infilling("value = 1.5", -0.1)}
    diagnosis = await _tried(tmp_path, Filler([UNCHANGED, WHY], fills))
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_DOUBTFUL]
    assert diagnosis.fixes[0].title.endswith("(rerun passes, doubtful)")


async def test_a_likely_line_leaves_no_room_for_doubtful_ones(tmp_path: Path) -> None:
    """Where a line that works is not in doubt, those that are in doubt are not offered."""
    fills = {
        "value = text": Infilling("return 1.5", -0.1),
        '"""Return the number in text."""': Infilling("value = int(text)", -2),
    }
    diagnosis = await _tried(tmp_path, Filler([UNCHANGED, WHY], fills))
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES]


async def test_a_draft_that_only_takes_code_away_is_not_the_end(tmp_path: Path) -> None:
    """The command succeeds if what failed is no longer done; a likely line comes first, and the draft stays."""
    less = MAIN.replace("parse(row) for row in rows", "3 for row in rows[:1]")
    diagnosis = await _tried(tmp_path, Filler([_answer(less, "It is three."), WHY], RIGHT))
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES, Rung.RERUN_DOUBTFUL]
    assert diagnosis.root_cause is not None
    assert diagnosis.root_cause.path.name == "prices.py"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("pass", "it succeeds now"),
        ("raise KeyError(1)", "it fails in another way (KeyError)"),
        ("raise SystemExit(3)", "it fails in another way (exit code 3)"),
    ],
)
async def test_a_command_that_does_not_fail_again_judges_nothing(tmp_path: Path, program: str, words: str) -> None:
    """A fix is not called tried with a command that would succeed, or fail, without it; the user learns why."""
    model = Filler([PATCHED_CRASH], RIGHT)
    diagnosis = await _tried(tmp_path, model, Command((sys.executable, "-c", program), tmp_path))
    assert all(fix.rung is not Rung.RERUN_PASSES for fix in diagnosis.fixes)
    assert len(diagnosis.fixes) == 1
    assert diagnosis.problems[-1].endswith(f": {words}.")
    assert model.gaps == []


async def test_a_backend_that_fails_in_the_search_leaves_what_is_known(tmp_path: Path) -> None:
    """The first fix stays on offer, and the user is told what happened to the server."""
    diagnosis = await _tried(tmp_path, Filler([UNCHANGED] * 5, {}, BackendError("The server is gone.")))
    assert diagnosis.backend_failed
    assert diagnosis.problems[-1] == "The server is gone."
    assert diagnosis.root_cause is not None


async def test_what_cannot_be_tried_is_said_once(tmp_path: Path) -> None:
    """A log that names no command is told so; a backend that failed already is not asked again."""
    (tmp_path / "app.py").write_text("def f():\n    return x\n")
    log = "Traceback (most recent call last):\n  File \"app.py\", line 2, in f\nNameError: name 'x' is not defined\n"
    analyzer = Analyzer(DiskDocuments(), Filler([UNCHANGED], {}))
    request = DiagnoseRequest(log, (tmp_path,), tmp_path)
    located = analyzer.locate(request)
    tried = await analyzer.try_fixes(request, located, lambda *_: None)
    assert tried.problems[-1] == "Fixes were not tried: the log does not tell which command failed."
    failed = replace(located, problems=("The server is gone.",), backend_failed=True)
    assert await analyzer.try_fixes(request, failed, lambda *_: None) == failed


async def test_one_line_that_the_server_fails_at_ends_no_search(tmp_path: Path) -> None:
    """What the other lines give is offered."""
    diagnosis = await _tried(tmp_path, Filler([UNCHANGED] * 5 + [WHY], RIGHT, BackendError("The server is slow.")))
    assert [fix.rung for fix in diagnosis.fixes] == [Rung.RERUN_PASSES]
    assert not diagnosis.backend_failed


def test_only_lines_with_code_are_left_out_and_filled() -> None:
    """Comments, texts, imports and lone brackets are no faults; a line keeps its margin and its line ending."""
    lines = ["# note", "import os", "", "def f(a):", '    """Long', '    text."""', "    b = [", "        a,", "    ]"]
    text = "\r\n".join([*lines, "    return b", ""])
    snapshot = TextSnapshot(Path("/w/a.py"), text)
    region = Region("K1", snapshot.path, None, 0, len(snapshot.lines), text, "")
    failure = Failure(FailureKind.EXCEPTION, "TypeError", "bad\nthing", ())
    gaps = list(line_gaps([region], [snapshot], Located(failure, (), None)))
    assert [one.old.strip() for one in gaps] == ["def f(a):", "b = [", "a,", "return b"]
    assert gaps[-1].gap.before.startswith("# TypeError: bad thing\n# note\r\n")
    assert gaps[-1].gap.before.endswith("    ]\r\n    ")
    assert gaps[-1].gap.after == "\r\n"
    assert (
        gaps[-1]
        .filled("if a:\n        return 1\n    return b")
        .endswith("    ]\r\n    if a:\r\n        return 1\r\n    return b\r\n")
    )


def _gaps_of(lines: Sequence[str], crash: int, message: str = "") -> tuple[list[LineGap], Located, Documents]:
    snapshot = TextSnapshot(Path("/w/a.py"), "".join(f"{line}\n" for line in lines))
    region = Region("K1", snapshot.path, None, 0, len(snapshot.lines), snapshot.text, "")
    frame = LocatedFrame(StackFrame("a.py", crash + 1), snapshot.path, Range(Position(crash, 0), Position(crash, 1)))
    located = Located(Failure(FailureKind.EXCEPTION, "ValueError", message, ()), (frame,), frame)
    return list(line_gaps([region], [snapshot], located)), located, Documents(snapshot)


def test_the_lines_of_a_query_are_tried_and_an_import_only_where_the_stack_names_it() -> None:
    """A long text that is a value holds what may be wrong; an import is wrong where it fails itself."""
    lines = ["import a", "import b", 'Q = """', "SELECT x", "", '"""', '"""', "Words.", '"""']
    gaps, *_ = _gaps_of(lines, crash=1)
    assert [one.old for one in gaps] == ["import b", 'Q = """', "SELECT x"]


def test_the_failing_line_is_tried_first_and_what_speaks_of_the_failure_before_the_rest() -> None:
    """Then come the lines that share words with the message or the failing line, and definitions last."""
    lines = ["def f(price, rate):", "    a = b", "    total = price + 1", "    x = y", "    return total * rate"]
    gaps, located, documents = _gaps_of(lines, crash=4, message="bad x")
    order = [one.line for one in most_suspicious_first(gaps, located, documents)]
    assert order == [4, 2, 3, 1, 0]


async def test_what_a_rule_mends_is_not_doubted(tmp_path: Path) -> None:
    """Its own fix is offered, though it adds a branch and the model finds it unlikely; no search follows."""
    shared = (
        'def parse(text, seen=[]):\n    """Return the number in text."""\n'
        "    seen.append(text)\n    return 1.5 * len(seen)\n\n\nparse('')\n"
    )
    model = Filler([UNCHANGED], RIGHT)
    model.unlikely = "seen"
    diagnosis = await _tried(tmp_path, model, prices=shared)
    assert diagnosis.remark is not None
    assert diagnosis.root_cause is not None
    assert (diagnosis.root_cause.path.name, diagnosis.root_cause.range.start.line) == ("prices.py", 0)
    best = diagnosis.fixes[0]
    assert best.title == "Make a new one in each call (rerun passes)"
    assert "seen=None" in apply_fix(best, DiskDocuments())[0][1]
    assert model.gaps == []
