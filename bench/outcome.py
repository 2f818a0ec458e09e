"""What an attempt came to, judged in the same way whoever made it, and the table of rates."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from tests.failures import FailureCase, apply_reference_fix, copy_workspace, passes_check

from bench.ways.attempt import Attempt, source_files
from qwen_lsp.fixes.hiding import hides_error
from qwen_lsp.syntax import language_of

TEMPORARY = Path(tempfile.gettempdir()).resolve()

Changes = dict[str, set[int]]
"""The lines (1-based, of the old text) that were changed in each file; an insertion counts as the line before it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    ``needed`` of the ``changed`` lines are lines that the reference fix changes, too: the precision of the edit.
    """

    way: str
    name: str
    set: str
    language: str
    kind: str
    fault_elsewhere: bool
    crash_right: bool | None
    cause_right: bool
    offered: bool
    fixed: bool
    hides: bool
    changed: int
    needed: int
    rung: str
    seconds: float
    first_token_s: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    problems: tuple[str, ...]
    reply: str
    diff: tuple[str, ...]


def judge(way: str, case: FailureCase, workspace: Path, attempt: Attempt) -> Outcome:
    """Return what ``attempt``, whose fix is in ``workspace``, is worth."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        original, reference = Path(folder) / "original", Path(folder) / "reference"
        copy_workspace(case, original)
        shutil.copytree(original, reference)
        apply_reference_fix(case, reference)
        changes, right = changed_lines(original, workspace), changed_lines(original, reference)
        hides = any(_hides(original / name, workspace / name, case) for name in changes)
        places = ((name, line) for name, lines in changes.items() for line in sorted(lines))
        diff = tuple(f"{name}:{line}: {_line(workspace / name, line)}" for name, line in places)
    first = next(((name, min(lines)) for name, lines in changes.items()), None)
    cause = attempt.cause or first
    low, high = case.fault_lines
    return Outcome(
        way=way,
        name=case.name,
        set=case.set,
        language=case.language,
        kind=case.kind,
        fault_elsewhere=case.fault_elsewhere,
        crash_right=attempt.is_crash_right,
        cause_right=cause is not None and cause[0] == case.fault_path and low <= cause[1] <= high,
        offered=bool(changes),
        fixed=bool(changes) and passes_check(case, workspace),
        hides=hides,
        changed=sum(map(len, changes.values())),
        needed=sum(len(lines & right.get(name, set())) for name, lines in changes.items()),
        rung=attempt.rung,
        seconds=attempt.seconds,
        first_token_s=attempt.first_token_s,
        prompt_tokens=attempt.prompt_tokens,
        completion_tokens=attempt.completion_tokens,
        problems=attempt.problems,
        reply=attempt.reply,
        diff=diff,
    )


def changed_lines(before: Path, after: Path) -> Changes:
    """Return which lines of the files below ``before`` are others below ``after``; files that are new do not count."""
    found: Changes = {}
    for path in source_files(before):
        name = path.relative_to(before).as_posix()
        old = path.read_text("utf-8").splitlines()
        new = (after / name).read_text("utf-8").splitlines() if (after / name).is_file() else []
        for tag, i1, i2, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                found.setdefault(name, set()).update(range(i1 + 1, i2 + 1) or {max(1, i1)})
    return found


def _hides(before: Path, after: Path, case: FailureCase) -> bool:
    language = language_of(before)
    if language is None or not after.is_file():
        return False
    return hides_error(before.read_text("utf-8"), after.read_text("utf-8"), case.exception_type, language)


def _line(path: Path, lineno: int) -> str:
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return lines[lineno - 1].strip() if lineno <= len(lines) else ""


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the rates of each way, in all and by class."""
    for way in dict.fromkeys(one.way for one in outcomes):
        _show_way(way, [one for one in outcomes if one.way == way])


def _show_way(way: str, outcomes: Sequence[Outcome]) -> None:
    near = [one for one in outcomes if not one.fault_elsewhere]
    classes = {
        "all": outcomes,
        "syntax errors": [one for one in outcomes if one.kind == "syntax-error"],
        "exceptions, fault near the crash": [one for one in near if one.kind == "exception"],
        "failing tests": [one for one in outcomes if one.kind == "assertion"],
        "fault elsewhere": [one for one in outcomes if one.fault_elsewhere],
        **{language: [one for one in outcomes if one.language == language] for language in _languages(outcomes)},
    }
    heads = ("fixed", "offered", "cause line", "crash site", "hides", "precision", "tokens", "first s", "median s")
    print(f"\n{way:34}" + "".join(f"{head:>11}" for head in heads))
    for name, members in classes.items():
        if members:
            print(f"{name:34}" + "".join(f"{cell:>11}" for cell in _cells(members)))


def _languages(outcomes: Sequence[Outcome]) -> list[str]:
    languages = sorted({one.language for one in outcomes})
    return languages if len(languages) > 1 else []


def _cells(members: Sequence[Outcome]) -> list[str]:
    total = len(members)
    judged = [one for one in members if one.crash_right is not None]
    changed = sum(one.changed for one in members)
    return [
        f"{sum(one.fixed for one in members)}/{total}",
        f"{sum(one.offered for one in members)}/{total}",
        f"{sum(one.cause_right for one in members)}/{total}",
        f"{sum(bool(one.crash_right) for one in judged)}/{len(judged)}" if judged else "-",
        f"{sum(one.hides for one in members)}/{sum(one.offered for one in members)}",
        f"{sum(one.needed for one in members) / changed:.0%}" if changed else "-",
        _median([one.completion_tokens for one in members], ".0f"),
        _median([one.first_token_s for one in members], ".1f"),
        _median([one.seconds for one in members], ".1f"),
    ]


def _median(values: Sequence[float | None], form: str) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):{form}}" if known else "-"
