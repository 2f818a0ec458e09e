"""How many real failing programs the first offered fix mends: ``python -m bench.fix_rate``.

Each case of tests/data/failures is copied, run, handed to each way with its own fresh log, and what the way made of
the files is judged: fixed is what makes the failing command pass and the case's hidden check agree. Needs a backend
(``qwen-launcher start``, or QWEN_LSP_BASE_URL); all ways use the same one, in turn for each case.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.failures import REPORT, TUNING, FailureCase, all_cases, copy_workspace, run

from bench.outcome import TEMPORARY, Outcome, judge, show
from bench.ways import WAYS, Way
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.settings import resolve


async def measure(name: str, way: Way, case: FailureCase) -> Outcome:
    """Return what ``way`` comes to with ``case``."""
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        workspace = Path(folder) / case.name
        copy_workspace(case, workspace)
        written = set(workspace.rglob("*"))
        failed = await asyncio.to_thread(run, case, workspace)
        for made in set(workspace.rglob("*")) - written:  # what the run left is no part of the program
            if made.is_file():
                made.unlink()
        attempt = await way.attempt(case, workspace, failed.stdout)
        return await asyncio.to_thread(judge, name, case, workspace, attempt)


async def _run(cases: list[FailureCase], ways: Mapping[str, type[Way]], jobs: int) -> list[Outcome]:
    settings, _ = resolve(os.environ)
    backend = OpenAIBackend(settings.backend)
    ready = {name: way(backend) for name, way in ways.items()}
    for way in ready.values():
        await way.prepare()
    slots = asyncio.Semaphore(jobs)

    async def one(case: FailureCase) -> list[Outcome]:
        outcomes = []
        async with slots:
            for name, way in ready.items():
                outcome = await measure(name, way, case)
                verdict = "fixed" if outcome.fixed else "wrong" if outcome.offered else "none "
                words = " ".join((outcome.rung, *outcome.problems))
                print(f"{verdict}  {name:6} {case.name:32} {outcome.seconds:5.1f} s  {words}", flush=True)
                outcomes.append(outcome)
        return outcomes

    return [outcome for outcomes in await asyncio.gather(*map(one, cases)) for outcome in outcomes]


def main() -> None:
    """Measure all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="cases to run (default: all)")
    parser.add_argument("--set", choices=(TUNING, REPORT), help="only this half of the cases")
    parser.add_argument("--language", help="only cases in this language")
    parser.add_argument("--ways", default="qwen", help=f"which to compare, of {','.join(WAYS)} (default: qwen)")
    parser.add_argument("--jobs", type=int, default=1, help="cases at once: faster, but seconds then mean little")
    parser.add_argument("--json", type=Path, help="also write each case's outcome here")
    options = parser.parse_args()
    unknown = [name for name in options.ways.split(",") if name not in WAYS]
    if unknown:
        sys.exit(f"bench: no way is named {' '.join(unknown)}; there are {' '.join(WAYS)}")
    cases = [case for case in all_cases() if not options.names or case.name in options.names]
    cases = [case for case in cases if options.set in {None, case.set} and options.language in {None, case.language}]
    for case in cases:
        if case.why_not_here:
            print(f"left out: {case.name}: {case.why_not_here}")
    cases = [case for case in cases if case.why_not_here is None]
    if not cases:
        sys.exit("bench: no case is left; see tests/data/failures")
    outcomes = asyncio.run(_run(cases, {name: WAYS[name] for name in options.ways.split(",")}, options.jobs))
    show(outcomes)
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
