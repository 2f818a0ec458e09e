"""How many real failing programs the first offered fix mends: ``python -m bench.fix_rate``.

Each case of tests/data/failures is copied, run, diagnosed from its own fresh log, and the first fix is applied. It
counts as fixed when the failing command then passes and the case's hidden check agrees. Needs a backend
(``qwen-launcher start``, or QWEN_LSP_BASE_URL).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.failures import FailureCase, all_cases, copy_workspace, passes_check, run

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.fixes import apply_fix
from qwen_lsp.settings import resolve
from qwen_lsp.workspace import DiskDocuments, write_texts

TEMPORARY = Path(tempfile.gettempdir()).resolve()


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    name: str
    kind: str
    fault_elsewhere: bool
    crash_right: bool
    cause_right: bool
    offered: bool
    fixed: bool
    rung: str
    seconds: float
    explanation: str
    edits: tuple[str, ...]
    problems: tuple[str, ...]


async def measure(case: FailureCase, analyzer: Analyzer, documents: DiskDocuments) -> Outcome:
    """Return what diagnosing and fixing ``case`` comes to."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        workspace = Path(folder) / case.name
        copy_workspace(case, workspace)
        failed = await asyncio.to_thread(run, case, workspace)
        log = failed.stdout + (failed.stderr or "")
        request = DiagnoseRequest(log=log, roots=(workspace,), cwd=workspace)
        located = analyzer.locate(request)
        crash = located.primary.crash if located.primary else None
        started = time.perf_counter()
        diagnosis = await analyzer.explain(request, located, lambda *_: None)
        seconds = time.perf_counter() - started
        if diagnosis.backend_failed:
            sys.exit(f"bench: {diagnosis.problems[-1]}")
        cause = diagnosis.root_cause
        first, last = case.fault_lines
        fixed = False
        if diagnosis.fixes:
            write_texts(apply_fix(diagnosis.fixes[0], documents))
            fixed = await asyncio.to_thread(passes_check, case, workspace)
        return Outcome(
            name=case.name,
            kind=case.kind,
            fault_elsewhere=case.fault_elsewhere,
            crash_right=crash is not None
            and crash.path == workspace / case.crash_path
            and crash.range is not None
            and crash.range.start.line + 1 == case.crash_line,
            cause_right=cause is not None
            and cause.path == workspace / case.fault_path
            and first <= cause.range.start.line + 1 <= last,
            offered=bool(diagnosis.fixes),
            fixed=fixed,
            rung=diagnosis.fixes[0].rung.label if diagnosis.fixes else "",
            seconds=seconds,
            explanation=cause.explanation if cause else "",
            edits=tuple(
                f"{edit.path.name}:{edit.range.start.line + 1}: {edit.new_text!r}"
                for fix in diagnosis.fixes
                for edit in fix.edits
            ),
            problems=diagnosis.problems,
        )


def show(outcomes: list[Outcome]) -> None:
    """Print the rates, in all and by class."""
    classes = {
        "all": outcomes,
        "syntax errors": [one for one in outcomes if one.kind == "syntax-error"],
        "exceptions, fault near the crash": [
            one for one in outcomes if one.kind == "exception" and not one.fault_elsewhere
        ],
        "failing tests": [one for one in outcomes if one.kind == "assertion"],
        "fault elsewhere": [one for one in outcomes if one.fault_elsewhere],
    }
    print(f"\n{'class':34} {'fixed':>8} {'offered':>8} {'cause line':>10} {'crash site':>10} {'median s':>9}")
    for name, members in classes.items():
        if not members:
            continue
        total = len(members)
        cells = [
            f"{sum(getattr(one, field) for one in members)}/{total}"
            for field in ("fixed", "offered", "cause_right", "crash_right")
        ]
        seconds = statistics.median(one.seconds for one in members)
        print(f"{name:34} {cells[0]:>8} {cells[1]:>8} {cells[2]:>10} {cells[3]:>10} {seconds:9.1f}")


async def _run(cases: list[FailureCase], jobs: int) -> list[Outcome]:
    documents = DiskDocuments()
    settings, _ = resolve(os.environ)
    analyzer = Analyzer(documents, OpenAIBackend(settings.backend))
    slots = asyncio.Semaphore(jobs)

    async def one(case: FailureCase) -> Outcome:
        async with slots:
            outcome = await measure(case, analyzer, documents)
        verdict = "fixed" if outcome.fixed else "wrong" if outcome.offered else "none "
        words = " ".join((outcome.rung, *outcome.problems))
        print(f"{verdict}  {case.name:32} {outcome.seconds:5.1f} s  {words}", flush=True)
        return outcome

    return list(await asyncio.gather(*(one(case) for case in cases)))


def main() -> None:
    """Measure all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="cases to run (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="cases at once: faster, but seconds then mean little")
    parser.add_argument("--json", type=Path, help="also write each case's outcome here")
    options = parser.parse_args()
    cases = [case for case in all_cases() if not options.names or case.name in options.names]
    if not cases:
        sys.exit(f"bench: no case is named {' '.join(options.names)}; see tests/data/failures")
    outcomes = asyncio.run(_run(cases, options.jobs))
    show(outcomes)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
