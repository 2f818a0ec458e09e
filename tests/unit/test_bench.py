"""What benchmarks make of outcomes: resumed runs, pairs, tables in the documentation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from bench.engine import Counts
from bench.fix_figures import common, fixed, honest, median, only_one, paired_ratio, swallowed, times_as_many
from bench.fix_rate import in_fair_order
from bench.fix_tables import page_text
from bench.outcome import JudgedOffer, Outcome
from bench.page import write_section
from bench.records import Records, Session
from bench.ways.chat import corrected
from bench.ways.meter import Meter, covered

from qwen_lsp.model import ChatPrompt, Completion, Gap, Infilling, Position, Range, TextEdit
from tests.failures import REPORT, all_cases

SESSION = Session("2026-11-26 22:45 UTC", "0123456789", "2 processors", "qwen", {"vLLM": "0.32.0"}, 3)


def _offer(*, fixed: bool, hides: bool = False, is_labelled: bool = False, rung: str = "compiles") -> JudgedOffer:
    return JudgedOffer(fixed, True, hides, is_labelled, None, rung, 2, 1, ("main.py", 3), ("main.py:3: x = 1",))


def _outcome(
    way: str,
    name: str,
    offers: Sequence[JudgedOffer] = (),
    seconds: float = 10.0,
    checked_s: float | None = None,
    *,
    elsewhere: bool = False,
) -> Outcome:
    return Outcome(
        way=way,
        name=name,
        set=REPORT,
        language="python",
        kind="exception",
        fault_elsewhere=elsewhere,
        files=1,
        alone=True,
        offers=tuple(offers),
        cause_right=True,
        crash_right=True,
        is_fault_candidate=True,
        seconds=seconds,
        checked_s=checked_s,
        first_token_s=1.0,
        overhead_s=0.1,
        reruns_s=None,
        prompt_tokens=500,
        completion_tokens=100,
        engine=Counts(100, 200, 50),
        problems=(),
    )


RIGHT, WRONG = _offer(fixed=True), _offer(fixed=False)


def test_interrupted_run_goes_on(tmp_path: Path) -> None:
    """Outcomes survive an interruption in the middle of a line; only what is missing is measured again."""
    path = tmp_path / "results" / "some.jsonl"
    records = Records.load(path)
    records.begin(SESSION)
    first = [_outcome("qwen", "one", [RIGHT], checked_s=3.5), _outcome("rerun", "one", [WRONG])]
    records.add(first)
    records.add([_outcome("chat", "one")])
    path.write_bytes(path.read_bytes()[:-40])
    again = Records.load(path)
    assert again.sessions == [SESSION]
    assert again.outcomes == first
    assert again.has("one", ["qwen", "rerun"])
    assert not again.has("one", ["chat"])
    assert not again.has("two", ["qwen"])
    again.add([_outcome("chat", "one", [WRONG])])
    assert [one.way for one in Records.load(path).outcomes] == ["qwen", "rerun", "chat"]


def test_ways_are_compared_by_the_cases_that_all_have_tried() -> None:
    """A case that one way has not tried yet counts for none."""
    outcomes = [_outcome("qwen", "one"), _outcome("chat", "one"), _outcome("qwen", "two")]
    assert [one.name for one in common(outcomes)] == ["one", "one"]


def test_rates_look_at_the_first_offer_unless_told_otherwise() -> None:
    """The right fix in second place is found within three offers, not first."""
    outcomes = [_outcome("qwen", "one", [WRONG, RIGHT]), _outcome("qwen", "two", [RIGHT])]
    assert str(fixed(outcomes)) == "1/2 (50%)"
    assert str(fixed(outcomes, 3)) == "2/2 (100%)"


def test_times_are_compared_case_by_case() -> None:
    """The ratio is the median over the cases; one without any fix took for ever."""
    outcomes = [
        _outcome("qwen", "one", [RIGHT], checked_s=2.0),
        _outcome("qwen", "two", [WRONG], checked_s=30.0),
        _outcome("qwen", "three"),
        _outcome("chat", "one", seconds=10.0),
        _outcome("chat", "two", seconds=20.0),
        _outcome("chat", "three", seconds=10.0),
        _outcome("chat", "four", seconds=10.0),
    ]
    ratio = paired_ratio(outcomes, "qwen", "chat", lambda one: one.waited_s, lambda one: one.seconds)
    assert ratio == pytest.approx(1.5)
    assert math.isinf(median([math.inf, 1.0, math.inf, None]))


def test_pairs_tell_who_alone_is_right() -> None:
    """Cases that both mend or both miss tell nothing of the difference."""
    outcomes = [
        *(_outcome("qwen", name, [RIGHT]) for name in ("one", "two", "three")),
        _outcome("qwen", "four", [WRONG]),
        *(_outcome("chat", name, [WRONG]) for name in ("one", "two")),
        *(_outcome("chat", name, [RIGHT]) for name in ("three", "four")),
    ]
    assert only_one(outcomes, "qwen", "chat") == (2, 1)
    assert times_as_many(outcomes, "qwen", "chat") == pytest.approx(1.5)
    assert math.isinf(times_as_many(outcomes[:1] + outcomes[4:5], "qwen", "chat"))


def test_swallowed_errors_count_unless_the_program_is_right() -> None:
    """Of all offers; a right fix with a handler in it swallows nothing."""
    hiding, right = _offer(fixed=False, hides=True), _offer(fixed=True, hides=True)
    assert str(swallowed([_outcome("qwen", "one", [hiding, right]), _outcome("qwen", "two", [WRONG])])) == "1/3 (33%)"


def test_honesty_asks_only_first_offers_with_the_label() -> None:
    """What is offered second, or not said to have been run, is not asked."""
    passing, failing = (_offer(fixed=fixed, rung="rerun passes") for fixed in (True, False))
    outcomes = [_outcome("rerun", "one", [passing]), _outcome("rerun", "two", [failing, passing])]
    assert str(honest([*outcomes, _outcome("rerun", "three", [RIGHT, passing])])) == "1/2 (50%)"


def test_page_is_written_between_its_marks(tmp_path: Path) -> None:
    """A second run replaces the first one's tables and leaves the rest of the page alone."""
    page = tmp_path / "benchmarks.md"
    page.write_text("above\n<!-- fix-rate:begin -->\nold\n<!-- fix-rate:end -->\nbelow\n", encoding="utf-8")
    records = Records(sessions=[SESSION])
    ways = ("qwen", "rerun", "chat", "aider")
    records.outcomes = [
        _outcome(way, name, [RIGHT if way == "rerun" else WRONG], elsewhere=name == "far", checked_s=4.0)
        for way in ways
        for name in ("near", "far")
    ]
    for _ in range(2):
        write_section("fix-rate", page_text(records), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("above\n<!-- fix-rate:begin -->\n2 cases (report set)")
    assert text.endswith("\n<!-- fix-rate:end -->\nbelow\n")
    assert text.count("| fault elsewhere | 0/1 (0%) | 1/1 (100%) | 0/1 (0%) | 0/1 (0%) |") == 1
    assert "bar [0, 100, 0, 0]" in text
    assert "| ... to chat's last token | 0.40 | 0.40 | - | - |" in text
    assert "old" not in text
    with pytest.raises(ValueError, match="other:begin"):
        write_section("other", "", page)


def test_any_beginning_of_the_work_is_a_fair_sample() -> None:
    """Of the first third of the cases about as many have their fault elsewhere as of all, in any order of files."""
    cases = [case for case in all_cases() if case.set == REPORT]
    ordered = in_fair_order(cases)
    assert sorted(case.name for case in ordered) == [case.name for case in cases]
    assert in_fair_order(cases[::-1]) == ordered
    first = ordered[: len(cases) // 3]
    share = sum(case.fault_elsewhere for case in cases) / len(cases)
    assert sum(case.fault_elsewhere for case in first) == pytest.approx(share * len(first), abs=2)
    assert {"python", "javascript", "sql"} <= {case.language for case in first[:10]}


def test_time_with_others_is_counted_once() -> None:
    """Questions that are asked at the same time are waited for once; what lies outside is not counted."""
    assert covered([(1, 3), (2, 5), (2, 4), (7, 20)], 0, 10) == pytest.approx(4 + 3)


class _Silent:
    async def complete(self, _prompt: ChatPrompt, **_options: object) -> Completion:
        return Completion("", "stop", 10, 20)

    async def infill(self, _gap: Gap, **_options: object) -> tuple[Infilling, ...]:
        return ()


def _edit(first: int, last: int) -> TextEdit:
    return TextEdit(Path("shop.py"), None, Range(Position(first, 4), Position(last, 6)), "x")


async def test_edits_outside_what_was_sent_are_noticed() -> None:
    """Lines of a prompt may be changed, and the line that a gap stands for; no others."""
    lines = [f"line {number}\n" for number in range(9)]
    meter = Meter(_Silent())
    assert not meter.has_sent(_edit(1, 1), lines)
    prompt = ChatPrompt((("user", f"Look:\n{''.join(lines[1:3])}"),), "fix", 1)
    await meter.complete(prompt, max_tokens=1, on_text=print, on_wait=print)
    assert meter.tokens == (10, 20)
    assert [meter.has_sent(_edit(line, line), lines) for line in range(4)] == [False, True, True, False]
    assert not meter.has_sent(_edit(2, 3), lines)
    gap = Gap("# TypeError: no\nline 4\nline 5\n", "\nline 7\n")
    await meter.infill(gap, samples=1, temperature=0, max_tokens=1)
    assert meter.tokens is None
    assert [meter.has_sent(_edit(line, line), lines) for line in (3, 6, 8)] == [False, True, False]


def test_answer_of_a_chat_is_found_in_any_form() -> None:
    """A path before the block, in its info or in its first line; without one, the file that it is most like."""
    files = {"main.py": "import shop\nprint(shop.total([1]))\n", "shop.py": "def total(prices):\n    return 0\n"}
    new = "def total(prices):\n    return sum(prices)\n"
    for reply in (
        f"`shop.py` is wrong.\n\n**shop.py**\n```python\n{new}```\n",
        f"```python:shop.py\n{new}```\nThat is all.\n",
        f"The cause is the sum.\n```python\n{new}```\n",
    ):
        assert corrected(reply, files) == {"shop.py": new}
    assert corrected("Nothing is wrong.\n", files) == {}
