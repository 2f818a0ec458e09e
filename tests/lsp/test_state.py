"""What findings say and where they move, without a process around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwen_lsp.model import (
    CheckedFix,
    Diagnosis,
    Failure,
    FailureKind,
    Located,
    LocatedFrame,
    Position,
    Range,
    RootCause,
    Rung,
    StackFrame,
    TextEdit,
)
from qwen_lsp.protocol.report import report
from qwen_lsp.session import findings_of, notices_of
from qwen_lsp.session.moves import LineChange
from qwen_lsp.text import TextSnapshot

APP, LIB = Path("/w/app.py"), Path("/w/lib.py")
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=8)


def line(number: int) -> Range:
    """Return a range within one line."""
    return Range(Position(number, 0), Position(number, 1))


@given(head=LINES, old=LINES, new=LINES, tail=LINES)
def test_moving(head: list[str], old: list[str], new: list[str], tail: list[str]) -> None:
    """Lines around a change keep their text wherever they move, and no more are taken for touched than were."""
    before, after = [*head, "mark\n", *old, *tail], [*head, "mark\n", *new, *tail]
    change = LineChange.between(before, after)
    assert (change is None) == (before == after)
    if change is None:
        return
    moves = [(text, change.moved(line(number))) for number, text in enumerate(before)]
    assert all(after[moved.start.line] == text for text, moved in moves if moved is not None)
    assert sum(moved is None for _, moved in moves) <= len(old)


def frame(path: Path | None, number: int, function: str = "f") -> LocatedFrame:
    """Return a frame in a file of the workspace, or outside of it."""
    stack = StackFrame(str(path or "/usr/lib/x.py"), number + 1, function=function)
    return LocatedFrame(stack, path, None if path is None else line(number))


def located(*frames: LocatedFrame, message: str = "m", primary: bool = True, cause: Failure | None = None) -> Located:
    """Return a failure that crashed in the last frame that has a place."""
    failure = Failure(
        FailureKind.EXCEPTION,
        "E",
        message,
        tuple(one.frame for one in frames),
        cause=cause,
        cause_is_explicit=True,
        primary=primary,
    )
    return Located(failure, frames, next((one for one in reversed(frames) if one.path), None))


def test_recursion_is_cut() -> None:
    """Of a thousand frames of a recursion only the nearest are related, and equal ones once."""
    deep = located(*[frame(APP, number % 2) for number in range(1000)], frame(LIB, 5))
    (finding,) = findings_of(Diagnosis((deep,)))
    assert (finding.path, len(finding.related)) == (LIB, 20)
    (finding,) = findings_of(Diagnosis((located(*[frame(APP, 3)] * 1000, frame(LIB, 5)),)))
    assert len(finding.related) == 1


@pytest.mark.parametrize("message", ["x" * 5000, "x\n" * 5000, "\u2028".join("x" * 900)])
def test_long_messages_are_cut(message: str) -> None:
    """The message of a diagnostic is a few lines, and shows that it was cut."""
    (finding,) = findings_of(Diagnosis((located(frame(APP, 1), message=message),)))
    assert len(finding.message) < 450
    assert finding.message.count("\n") < 4
    assert finding.message.endswith("…")


def test_chain_of_failures() -> None:
    """A failure names where the one before it happened; failures alike are shown once, the primary first."""
    first = located(frame(LIB, 7), message="first", primary=False)
    second = located(frame(APP, 1), frame(APP, 2), message="second", cause=first.failure)
    again = located(frame(APP, 1), frame(APP, 2), message="second", primary=False)
    findings = findings_of(Diagnosis((first, again, second)))
    assert [(one.path, one.range.start.line, one.message) for one in findings] == [
        (APP, 2, "E: second"),
        (LIB, 7, "E: first"),
    ]
    assert [(one.path, one.message) for one in findings[0].related] == [
        (APP, "called from f()"),
        (LIB, "caused by E: first"),
    ]


def test_notices() -> None:
    """What a finding can carry is not said twice; what none can is said in one message."""
    problems = ("The model's server is down; start it.",)
    shown, unseen = located(frame(APP, 1)), located(frame(None, 1))
    assert notices_of(Diagnosis((shown,), problems=problems)) == ()
    assert notices_of(Diagnosis((unseen,), problems=problems)) == (f"E: m\n{problems[0]}",)
    assert notices_of(Diagnosis(problems=problems)) == problems


def test_report() -> None:
    """The report counts characters as it is told to, and nests causes."""
    text = '"😀" + é\n'
    place = Range(Position(0, 3), Position(0, 7))
    cause = Failure(FailureKind.EXCEPTION, "C", "c", ())
    diagnosis = Diagnosis(
        (located(frame(APP, 0), frame(None, 4), cause=cause),),
        RootCause(APP, place, "Because."),
        (CheckedFix("Fix (parses)", (TextEdit(APP, 1, place, "e"),), Rung.PARSES),),
    )
    for encoding, unit, ends in (("utf-8", 1, (6, 11)), ("utf-16-le", 2, (4, 8)), ("utf-32-le", 4, (3, 7))):

        def units(prefix: str, encoding: str = encoding, unit: int = unit) -> int:
            return len(prefix.encode(encoding)) // unit

        answer = report(diagnosis, lambda path: TextSnapshot(path, text), units)
        expected = {"start": {"line": 0, "character": ends[0]}, "end": {"line": 0, "character": ends[1]}}
        assert answer["diagnostics"][0]["range"] == expected
        assert answer["fixes"][0]["edits"] == [{"path": str(APP), "range": expected, "newText": "e"}]
    assert answer["fixes"][0]["rung"] == "parses"
    assert answer["failures"][0]["cause"]["exception_type"] == "C"
    assert [one["path"] for one in answer["failures"][0]["frames"]] == [str(APP), "/usr/lib/x.py"]
    assert answer["diagnostics"][0]["message"] == "Because.\nE: m"
