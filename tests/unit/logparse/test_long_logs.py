"""Long logs: what counts is found, what is left out is said, and memory stays bounded."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from bench.texts import ci_log

from qwen_lsp.logparse import noise, parse_log, windows
from qwen_lsp.logparse.sighting import MAX_FIRST_FAILURES, MAX_LAST_FAILURES

_WORDS = re.compile("Traceback|Error:|error:|FAILED|panic:")
_FILLER = "Step 7/12 : COPY --from=builder /app/dist ./dist\n"


def _traceback(name: str) -> str:
    return f'Traceback (most recent call last):\n  File "/app/{name}.py", line 3, in run\n    go()\nKeyError: 1\n\n'


def test_finds_failures_wherever_they_stand() -> None:
    """First line, last line, and across the borders of the pieces in which a long log is read."""
    gap = _FILLER * (noise._PIECE_CHARS // len(_FILLER) - 2)
    log = "".join(_traceback(f"part{number}") + gap for number in range(5)) + _traceback("part5")
    paths = [failure.frames[0].path for failure in parse_log(log).failures]
    assert paths == [f"/app/part{number}.py" for number in range(6)]


def test_keeps_failures_of_several_families_in_the_order_of_the_log() -> None:
    """Each family reads other lines; the failures come in one order, and the last uncaught one is primary."""
    sql = "psql:db/schema.sql:7: ERROR:  no such column\n"
    log = _FILLER * 3_000 + sql + _FILLER * 3_000 + _traceback("a") + _FILLER * 3_000
    failures = parse_log(log).failures
    assert [failure.language for failure in failures] == ["sql", "python"]
    assert [failure.primary for failure in failures] == [False, True]


def test_joins_nothing_across_lines_that_were_left_out() -> None:
    """A traceback that breaks off does not go on with one that stands thousands of lines below."""
    cut = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in run\n'
    log = _traceback("b") + _FILLER * 3_000 + cut + _FILLER * 3_000 + _traceback("c")
    assert [failure.exception_type for failure in parse_log(log).failures] == ["KeyError", "unknown error", "KeyError"]


def test_reads_the_end_of_a_log_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a log beyond the limit the end is read, and the user is told."""
    monkeypatch.setattr(noise, "MAX_LOG_CHARS", 1_000)
    parsed = parse_log(_traceback("a") + "x" * 1_000 + "\n" + _traceback("b"))
    assert [failure.frames[0].path for failure in parsed.failures] == ["/app/b.py"]
    assert "only its last" in parsed.problems[0]


def test_reads_the_first_and_the_last_of_very_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nearly every line matters, the middle is left out, and the user is told how much."""
    monkeypatch.setattr(windows, "MAX_FIRST_LINES", 50)
    monkeypatch.setattr(windows, "MAX_LAST_LINES", 50)
    gap = "a line too short for a terminal\n" * 2_000
    parsed = parse_log(_traceback("first") + gap + _traceback("middle") + gap + _traceback("last"))
    assert [failure.frames[0].path for failure in parsed.failures] == ["/app/first.py", "/app/last.py"]
    assert "were left out" in parsed.problems[-1]


def test_keeps_the_first_and_the_last_of_very_many_failures() -> None:
    """Thousands of different failures do not fill the memory, and the user is told."""
    count = MAX_FIRST_FAILURES + MAX_LAST_FAILURES + 100
    parsed = parse_log("".join(_traceback(f"m{number}") for number in range(count)))
    paths = [failure.frames[0].path for failure in parsed.failures]
    assert paths[:2] == ["/app/m0.py", "/app/m1.py"]
    assert paths[-1] == f"/app/m{count - 1}.py"
    assert len(paths) == MAX_FIRST_FAILURES + MAX_LAST_FAILURES
    assert "very many different failures" in parsed.problems[0]


def test_cuts_lines_that_have_no_end() -> None:
    """A megabyte without a line feed costs no more than its beginning."""
    parsed = parse_log(_traceback("a") + "KeyError: " + "x" * 1_000_000 + "\n" + _traceback("b"))
    assert [failure.frames[0].path for failure in parsed.failures] == ["/app/a.py", "/app/b.py"]


def test_reads_a_build_log_about_as_fast_as_lines_are_split() -> None:
    """A build server's log of megabytes costs little more than one plain search of its lines, whatever the families."""
    log = ci_log(3_000_000)
    parse_log(log[:10_000])  # builds what is built once
    ours, plain = (min(_seconds(work, log) for _ in range(3)) for work in (parse_log, _search_lines))
    assert ours < 6 * plain


def _search_lines(log: str) -> int:
    return sum(1 for line in log.splitlines() if _WORDS.search(line))


def _seconds(work: Callable[[str], object], log: str) -> float:
    started = time.process_time()
    work(log)
    return time.process_time() - started
