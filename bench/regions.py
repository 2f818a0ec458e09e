"""How often the faulty statement is among what is looked at: ``python -m bench.regions``.

Needs no model: each case of tests/data/failures is located by its recorded log. Of how many cases the fault is: what
a known mistake names as the cause (of how many are named any); in the region that the model is asked to rewrite; in
that or in what it may read; in the candidates of the search; among the lines that the search tries.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.failures import REPORT, TUNING, FailureCase, all_cases, copy_workspace

from bench.outcome import TEMPORARY
from qwen_lsp.analysis import known_mistake
from qwen_lsp.context import build_context, candidate_regions
from qwen_lsp.explain import explain
from qwen_lsp.logparse import parse_log
from qwen_lsp.model import Region
from qwen_lsp.repair.search import gaps_to_try
from qwen_lsp.workspace import DiskDocuments, locate


@dataclass(frozen=True)
class Recall:
    """What of one case was looked at; ``at`` is the place of the faulty statement among the lines tried, from 1."""

    case: FailureCase
    is_known: bool
    is_known_right: bool
    rewritten: bool
    read: bool
    candidate: bool
    at: int | None
    tried: int


def recall(case: FailureCase) -> Recall:
    """Return where the fault of ``case`` is among what is looked at."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        workspace = Path(folder) / case.name
        copy_workspace(case, workspace)
        roots, documents = (workspace,), DiskDocuments()
        located, _ = explain(locate(parse_log(case.log), roots, documents, workspace), roots, documents)
        primary = next(one for one in located if one.failure.primary)
        remark = known_mistake(primary, roots, documents)
        context = build_context(primary, roots, documents, (remark.path, remark.range) if remark is not None else None)
        gaps = gaps_to_try(primary, roots, documents)
        fault = workspace / case.fault_path
        low, high = case.fault_lines[0] - 1, case.fault_lines[1] - 1
        places = (at for at, gap in enumerate(gaps, 1) if gap.region.path == fault and low <= gap.line <= high)
        return Recall(
            case,
            is_known_right=remark is not None and remark.path == fault and low <= remark.range.start.line <= high,
            is_known=remark is not None,
            rewritten=_holds(context.regions[:1], fault, low),
            read=_holds((*context.regions, *context.related), fault, low),
            candidate=_holds(candidate_regions(primary, roots, documents), fault, low),
            at=next(places, None),
            tried=len(gaps),
        )


def _holds(regions: Iterable[Region], path: Path, line: int) -> bool:
    return any(one.path == path and one.start_line <= line < one.end_line for one in regions)


def _show(found: Sequence[Recall]) -> None:
    languages = sorted({one.case.language for one in found})
    classes = {
        "all": found,
        "fault near the crash": [one for one in found if not one.case.fault_elsewhere],
        "fault elsewhere": [one for one in found if one.case.fault_elsewhere],
        **{language: [one for one in found if one.case.language == language] for language in languages},
    }
    print(f"\n{'':24}{'known':>12}{'rewritten':>12}{'read':>12}{'candidate':>12}{'line tried':>12}")
    for name, members in classes.items():
        if members:
            known = f"{sum(one.is_known_right for one in members)}/{sum(one.is_known for one in members)}"
            cells = (
                sum(one.rewritten for one in members),
                sum(one.read for one in members),
                sum(one.candidate for one in members),
                sum(one.at is not None for one in members),
            )
            print(f"{name:24}{known:>12}" + "".join(f"{f'{cell}/{len(members)}':>12}" for cell in cells))


def main() -> None:
    """Measure all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="cases to look at (default: all)")
    parser.add_argument("--set", choices=(TUNING, REPORT), help="only this half of the cases")
    options = parser.parse_args()
    cases = [case for case in all_cases() if not options.names or case.name in options.names]
    found = [recall(case) for case in cases if options.set in {None, case.set}]
    for one in found:
        if not one.candidate or one.at is None:
            print(f"missed: {one.case.name:32} candidate {one.candidate!s:6} {one.tried} lines")
        elif options.names or one.at > one.tried // 2:
            print(f"late:   {one.case.name:32} line {one.at} of {one.tried}")
    _show(found)


if __name__ == "__main__":
    main()
