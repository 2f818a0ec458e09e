"""What an attempt came to, judged in the same way whoever made it."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from tests.failures import FailureCase, apply_reference_fix, copy_workspace, passes_check

from bench.engine import Counts
from bench.ways.attempt import Attempt, Offer, source_files
from qwen_lsp.fixes.hiding import hides_error
from qwen_lsp.syntax import language_of

TEMPORARY = Path(tempfile.gettempdir()).resolve()

Changes = dict[str, set[int]]
"""The lines (1-based, of the old text) that were changed in each file; an insertion counts as the line before it."""

Verdicts = dict[tuple[tuple[str, bytes], ...], "JudgedOffer"]
"""What is known of offers for one case already, by the contents that they write."""

RERUN_PASSES = "rerun passes"


@dataclass(frozen=True)
class JudgedOffer:
    """One fix that was offered.

    ``fixed``: with it the failing command and the hidden check succeed. ``hides``: it swallows the error, whether or
    not the user is told so (``is_labelled``). ``needed`` of the ``changed`` lines the reference fix changes, too.
    """

    fixed: bool
    applies: bool
    hides: bool
    is_labelled: bool
    is_within_sent: bool | None
    rung: str
    changed: int
    needed: int
    first_change: tuple[str, int] | None
    diff: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What one way made of one case; see ``Attempt`` for the seconds.

    ``alone``: nothing else was measured at the same time, so that the seconds mean something, and ``engine`` is what
    the server counted meanwhile. ``cause`` is the file and 1-based line that was named as the root cause.
    """

    way: str
    name: str
    set: str
    language: str
    kind: str
    fault_elsewhere: bool
    files: int
    alone: bool
    offers: tuple[JudgedOffer, ...]
    cause_right: bool
    crash_right: bool | None
    is_fault_candidate: bool | None
    seconds: float
    checked_s: float | None
    first_token_s: float | None
    overhead_s: float | None
    reruns_s: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    engine: Counts | None
    problems: tuple[str, ...]
    cause: tuple[str, int] | None = None

    @property
    def fixed(self) -> bool:
        """Whether the first offer is right."""
        return self.fixed_within(1)

    def fixed_within(self, count: int) -> bool:
        """Whether one of the first ``count`` offers is right; of a way that only draws ("qwen@8") one of all."""
        return any(one.fixed for one in self.offers[: None if "@" in self.way else count])

    @property
    def best(self) -> JudgedOffer | None:
        """The first offer."""
        return self.offers[0] if self.offers else None

    @property
    def waited_s(self) -> float:
        """Seconds until there was a checked fix, infinite where none came."""
        return math.inf if self.checked_s is None else self.checked_s


def judge(
    way: str,
    case: FailureCase,
    attempt: Attempt,
    known: Verdicts,
    *,
    keep: int,
    alone: bool,
    engine: Counts | None,
) -> Outcome:
    """Return what ``attempt`` is worth, by its first ``keep`` offers; ``known`` is added to."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        original = Path(folder) / "original"
        copy_workspace(case, original)
        files = len(source_files(original))
        offers = tuple(_judged(case, original, offer, known) for offer in attempt.offers[:keep])
    cause = attempt.cause or (offers[0].first_change if offers else None)
    low, high = case.fault_lines
    return Outcome(
        way=way,
        name=case.name,
        set=case.set,
        language=case.language,
        kind=case.kind,
        fault_elsewhere=case.fault_elsewhere,
        files=files,
        alone=alone,
        offers=offers,
        cause_right=cause is not None and cause[0] == case.fault_path and low <= cause[1] <= high,
        crash_right=attempt.is_crash_right,
        is_fault_candidate=attempt.is_fault_candidate,
        seconds=attempt.seconds,
        checked_s=attempt.checked_s,
        first_token_s=attempt.first_token_s,
        overhead_s=attempt.overhead_s,
        reruns_s=attempt.reruns_s,
        prompt_tokens=attempt.prompt_tokens,
        completion_tokens=attempt.completion_tokens,
        engine=engine,
        problems=attempt.problems,
        cause=cause,
    )


def _judged(case: FailureCase, original: Path, offer: Offer, known: Verdicts) -> JudgedOffer:
    key = tuple(sorted(offer.contents.items()))
    if key not in known:
        known[key] = _judged_contents(case, original, offer.contents)
    return replace(
        known[key],
        applies=offer.applies,
        is_labelled=offer.is_labelled,
        is_within_sent=offer.is_within_sent,
        rung=offer.rung,
    )


def _judged_contents(case: FailureCase, original: Path, contents: Mapping[str, bytes]) -> JudgedOffer:
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        # The case's name stands in paths that programs print.
        changed, reference = Path(folder) / case.name, Path(folder) / "reference"
        shutil.copytree(original, changed)
        shutil.copytree(original, reference)
        apply_reference_fix(case, reference)
        for name, content in contents.items():
            (changed / name).write_bytes(content)
        changes, right = changed_lines(original, changed), changed_lines(original, reference)
        places = [(name, line) for name, lines in changes.items() for line in sorted(lines)]
        return JudgedOffer(
            fixed=bool(changes) and passes_check(case, changed),
            applies=True,
            hides=any(_hides(original / name, changed / name, case) for name in changes),
            is_labelled=False,
            is_within_sent=None,
            rung="",
            changed=len(places),
            needed=sum(len(lines & right.get(name, set())) for name, lines in changes.items()),
            first_change=places[0] if places else None,
            diff=tuple(f"{name}:{line}: {_line(changed / name, line)}" for name, line in places),
        )


def changed_lines(before: Path, after: Path) -> Changes:
    """Return which lines of the files below ``before`` are others below ``after``; files that are new do not count."""
    found: Changes = {}
    for path in source_files(before):
        name = path.relative_to(before).as_posix()
        old = path.read_text("utf-8").splitlines()
        new = (after / name).read_text("utf-8", "replace").splitlines() if (after / name).is_file() else []
        for tag, i1, i2, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                found.setdefault(name, set()).update(range(i1 + 1, i2 + 1) or {max(1, i1)})
    return found


def _hides(before: Path, after: Path, case: FailureCase) -> bool:
    language = language_of(before)
    if language is None or not after.is_file():
        return False
    return hides_error(before.read_text("utf-8"), after.read_text("utf-8", "replace"), case.exception_type, language)


def _line(path: Path, lineno: int) -> str:
    lines = path.read_text("utf-8", "replace").splitlines()
    return lines[lineno - 1].strip() if lineno <= len(lines) else ""
