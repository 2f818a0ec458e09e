"""How many seeded mistakes a review finds, and how much clean code it blames: ``python -m bench.review``.

Each snippet of ``tests/data/review`` is reviewed by itself, without a log. A mistake counts as found when a remark of
its kind begins in a line of the statement that is wrong; a clean snippet counts as blamed when there is any remark.
``--set tuning`` takes the half on which the rules were tuned, and names what was missed and what was blamed.
``--programs`` reviews the failing programs of ``tests/data/failures`` instead, as they are (a fault is found when a
remark begins in the statement that is wrong) and with their reference fixes (any remark blames clean code).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import failures
from tests.snippets import REPORT, TUNING, Snippet, all_snippets

from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.model import Remark
from qwen_lsp.review import Reviewer, ReviewRequest
from qwen_lsp.review.rules import is_reviewed
from qwen_lsp.settings import resolve
from qwen_lsp.syntax import language_of
from qwen_lsp.workspace import DiskDocuments

_REVIEWED = ("python", "javascript", "typescript", "sql")


@dataclass(frozen=True)
class Outcome:
    """What a review said of one snippet."""

    snippet: Snippet
    remarks: tuple[Remark, ...]
    seconds: float

    @property
    def is_found(self) -> bool:
        """Whether one of the remarks is the mistake."""
        return any(self.is_right(one) for one in self.remarks)

    def is_right(self, remark: Remark) -> bool:
        """Return whether a remark speaks of the mistake."""
        return remark.kind == self.snippet.kind and remark.range.start.line + 1 in self.snippet.lines

    @property
    def wrong(self) -> list[Remark]:
        """The remarks that speak of something that is right."""
        return [one for one in self.remarks if not self.is_right(one)]


async def review(snippets: Sequence[Snippet], *, with_model: bool) -> list[Outcome]:
    """Return the outcome of each snippet."""
    documents = DiskDocuments()
    backend = OpenAIBackend(resolve({})[0].backend)
    reviewer = Reviewer(documents, backend)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for snippet in snippets:
            path = Path(folder) / snippet.name
            path.write_text(snippet.text, encoding="utf-8")
            started = time.perf_counter()
            request = ReviewRequest(path)
            found = reviewer.check(request)
            if with_model:
                found = await reviewer.mend(found, lambda _stage, _detail: None)
            outcomes.append(Outcome(snippet, found.remarks, time.perf_counter() - started))
    return outcomes


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the rows of the table in docs/benchmarks.md."""
    rows = ["| | syntax | logic | security | all | clean blamed | median |", "|---|---|---|---|---|---|---|"]
    for language in ("python", "javascript", "sql", "all"):
        own = [one for one in outcomes if language in {one.snippet.language, "all"}]
        cells = []
        for kind in ("review/syntax", "review/logic", "review/security", ""):
            seeded = [one for one in own if one.snippet.kind and one.snippet.kind.value.startswith(kind)]
            cells.append(f"{sum(one.is_found for one in seeded)}/{len(seeded)}")
        clean = [one for one in own if one.snippet.kind is None]
        cells.append(f"{sum(bool(one.remarks) for one in clean)}/{len(clean)}")
        cells.append(f"{statistics.median(one.seconds for one in own):.2f} s")
        rows.append(f"| {language} | {' | '.join(cells)} |")
    seeded = [one for one in outcomes if one.snippet.kind]
    rows.append(
        f"\n{sum(len(one.wrong) for one in seeded)} further remarks in the {len(seeded)} snippets with a mistake."
    )
    fixes = [one.fixes for each in seeded for one in each.remarks if each.is_right(one)]
    rows.append(f"{sum(map(bool, fixes))} of the {len(fixes)} right remarks come with a checked fix.")
    return "\n".join(rows)


def programs(name: str) -> str:
    """Return how many faults of the failing programs of one set are found, and how many mended programs are blamed."""
    found, blamed, lines = 0, 0, []
    cases = [one for one in failures.all_cases() if one.set == name and one.language in _REVIEWED]
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            broken, mended = Path(scratch) / "broken", Path(scratch) / "mended"
            failures.copy_workspace(case, broken)
            failures.copy_workspace(case, mended)
            failures.apply_reference_fix(case, mended)
            first, last = case.fault_lines
            there = [one for one in _remarks(broken) if one.path == broken / case.fault_path]
            is_found = any(first <= one.range.start.line + 1 <= last for one in there)
            wrong = _remarks(mended)
        found += is_found
        blamed += bool(wrong)
        lines += [f"found: {case.name}"] if is_found else []
        lines += [f"blamed: {case.name}: {one.path.name}:{one.range.start.line + 1} {one.rule}" for one in wrong]
    lines.append(f"{found} of {len(cases)} faults found, {blamed} of {len(cases)} mended programs blamed")
    return "\n".join(lines)


def _remarks(folder: Path) -> list[Remark]:
    documents = DiskDocuments()
    reviewer = Reviewer(documents, OpenAIBackend(resolve({})[0].backend))
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and is_reviewed(language_of(path))]
    return [remark for path in paths for remark in reviewer.check(ReviewRequest(path)).remarks]


def main() -> None:
    """Print the table, and for the tuning half what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.review", description=__doc__)
    parser.add_argument("--set", choices=(TUNING, REPORT), default=REPORT)
    parser.add_argument("--no-model", action="store_true", help="only what needs no model")
    parser.add_argument("--programs", action="store_true", help="the failing programs instead, without the model")
    options = parser.parse_args()
    if options.programs:
        print(programs(options.set))
        return
    snippets = [one for one in all_snippets() if one.set == options.set]
    outcomes = asyncio.run(review(snippets, with_model=not options.no_model))
    if options.set == TUNING:
        for one in outcomes:
            if one.snippet.kind is not None and not one.is_found:
                print(f"missed: {one.snippet.name} {one.snippet.kind.value} {one.snippet.lines}")
            for remark in one.wrong:
                print(f"blamed: {one.snippet.name}:{remark.range.start.line + 1} {remark.rule}: {remark.message}")
    print(table(outcomes))


if __name__ == "__main__":
    main()
