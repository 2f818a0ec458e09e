"""How many real failing programs the first offered fix mends: ``python -m bench.fix_rate``.

Each case of tests/data/failures is copied, run, handed to each way with its own fresh log, and what the way made of
the files is judged: fixed is what makes the failing command pass and the case's hidden check agree. Needs a backend
(``qwen-launcher start``, or QWEN_LSP_BASE_URL); all ways use the same one, in turn for each case, and the cases come in
an order in which any part of the work is a fair sample of the whole.

With ``--results FILE`` each outcome is kept as soon as it is known, and the same command goes on where it stopped.
``--write`` puts the tables into docs/benchmarks.md; with ``--from FILE`` that needs no model.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.failures import REPORT, TUNING, FailureCase, all_cases, copy_workspace, run

from bench.engine import counts_of, engine_of, version_of
from bench.fix_tables import page_text, screen_text
from bench.machine import commit, machine
from bench.outcome import TEMPORARY, Outcome, Verdicts, judge
from bench.page import write_section
from bench.records import Records, Session
from bench.ways import WAYS, Way
from bench.ways.meter import reruns_timed
from bench.ways.peer import VERSION as AIDER
from bench.ways.qwen import SAMPLES
from qwen_lsp import __version__
from qwen_lsp.backend import BackendError, OpenAIBackend
from qwen_lsp.settings import resolve

RESULTS = Path(__file__).with_name("results")
_JUDGED_OFFERS = 3
_GIVES_UP_AFTER = 5


class Bench:
    """Measures cases one after the other, or several at once."""

    def __init__(self, backend: OpenAIBackend, names: Sequence[str], records: Records, replies: Path | None) -> None:
        self._backend = backend
        self._records = records
        self._replies = replies
        wanted: dict[type[Way], list[str]] = defaultdict(list)
        for name in names:
            wanted[WAYS[name]].append(name)
        self._ways = [kind(backend, some) for kind, some in wanted.items()]
        self._failed = 0
        self._model: str | None = None

    async def prepare(self, jobs: int) -> None:
        """Install what is compared with, and note what all is measured with."""
        for way in self._ways:
            await way.prepare()
        async with engine_of(self._backend) as endpoint:
            versions = {
                "vLLM": await version_of(endpoint),
                "qwen-lsp": __version__,
                "Python": platform.python_version(),
            }
            versions |= {"Aider": AIDER}
            model = endpoint.model or "unknown"
        before = self._records.sessions[0].model if self._records.sessions else model
        if before != model:
            message = f"{self._records.path} was measured with {before}, and the server has {model}"
            raise BackendError(message)
        self._model = endpoint.model
        date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        self._records.begin(Session(date, commit(), machine(), model, versions, jobs))

    async def measure(self, case: FailureCase, *, alone: bool) -> None:
        """Let each way that has not done so before try ``case``; a backend that fails leaves it for another time."""
        known: Verdicts = {}
        for way in self._ways:
            if self._records.has(case.name, way.names) or self._failed >= _GIVES_UP_AFTER:
                continue
            try:
                outcomes = await self._outcomes(way, case, known, alone=alone)
            except BackendError as error:
                self._failed += 1
                print(f"left for another time: {case.name} ({way.names[0]}): {error}", flush=True)
                continue
            self._failed = 0
            self._records.add(outcomes)
            for one in outcomes:
                print(_line(one), flush=True)

    async def _outcomes(self, way: Way, case: FailureCase, known: Verdicts, *, alone: bool) -> list[Outcome]:
        with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
            workspace = Path(folder) / case.name
            copy_workspace(case, workspace)
            written = set(workspace.rglob("*"))
            failed = await asyncio.to_thread(run, case, workspace)
            for made in set(workspace.rglob("*")) - written:  # what the run left is no part of the program
                if made.is_file():
                    made.unlink()
            async with engine_of(self._backend) as endpoint:
                if endpoint.model != self._model:
                    message = f"the server has {endpoint.model} now"
                    raise BackendError(message)
                before = await counts_of(endpoint) if alone else None
                attempts = await way.attempts(case, workspace, failed.stdout)
                after = await counts_of(endpoint) if alone else None
            engine = after.since(before) if before is not None and after is not None else None
            outcomes = []
            for name, attempt in attempts.items():
                if self._replies is not None:
                    self._replies.mkdir(parents=True, exist_ok=True)
                    (self._replies / f"{case.name}.{name}.txt").write_text(attempt.reply, encoding="utf-8")
                is_last = name == list(attempts)[-1]  # what the server counted is for all that the run has done
                keep = SAMPLES if name.endswith(f"@{SAMPLES}") else _JUDGED_OFFERS
                judging = {"keep": keep, "alone": alone, "engine": engine if is_last else None}
                outcomes.append(await asyncio.to_thread(judge, name, case, attempt, known, **judging))
            return outcomes


def _line(outcome: Outcome) -> str:
    verdict = "fixed" if outcome.fixed else "wrong" if outcome.offers else "none "
    words = " ".join((outcome.best.rung if outcome.best else "", *outcome.problems))
    return f"{verdict}  {outcome.way:10} {outcome.name:32} {outcome.seconds:5.1f} s  {words}".rstrip()


def in_fair_order(cases: Sequence[FailureCase]) -> list[FailureCase]:
    """Return ``cases`` so that each beginning holds all classes and languages in about the same shares as the whole."""
    groups: dict[tuple[bool, str, str], list[FailureCase]] = defaultdict(list)
    for case in sorted(cases, key=_shuffle):
        groups[case.fault_elsewhere, case.kind, case.language].append(case)
    placed = [((i + 0.5) / len(some), _shuffle(case), case) for some in groups.values() for i, case in enumerate(some)]
    return [case for _, _, case in sorted(placed, key=lambda one: one[:2])]


def _shuffle(case: FailureCase) -> str:
    return hashlib.sha256(case.name.encode()).hexdigest()


async def _run(cases: list[FailureCase], options: argparse.Namespace, records: Records) -> None:
    settings, _ = resolve(os.environ)
    bench = Bench(OpenAIBackend(settings.backend), options.ways, records, options.replies)
    await bench.prepare(options.jobs)
    ends_at = time.monotonic() + 60 * options.minutes if options.minutes else None
    slots = asyncio.Semaphore(options.jobs)

    async def one(case: FailureCase, *, alone: bool) -> None:
        async with slots:
            if ends_at is None or time.monotonic() < ends_at:
                await bench.measure(case, alone=alone)

    timed = len(cases) if options.jobs == 1 else options.timed
    with reruns_timed():
        for case in cases[:timed]:
            await one(case, alone=True)
        await asyncio.gather(*(one(case, alone=False) for case in cases[timed:]))


def _chosen(options: argparse.Namespace) -> list[FailureCase]:
    cases = [case for case in all_cases() if not options.names or case.name in options.names]
    cases = [case for case in cases if options.set in {None, case.set} and options.language in {None, case.language}]
    for case in cases:
        if case.why_not_here:
            print(f"left out: {case.name}: {case.why_not_here}")
    return in_fair_order([case for case in cases if case.why_not_here is None])


def _ways(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in WAYS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no way is named {' '.join(unknown)}; there are {' '.join(WAYS)}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="cases to run (default: all)")
    parser.add_argument("--set", choices=(TUNING, REPORT), help="only this half of the cases")
    parser.add_argument("--language", help="only cases in this language")
    parser.add_argument(
        "--ways", type=_ways, default=["qwen"], help=f"which to compare, of {','.join(WAYS)} (default: qwen)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="cases at once: faster, but their seconds mean nothing")
    parser.add_argument(
        "--timed", type=int, default=0, help="with --jobs: run this many cases first, one at a time, for the seconds"
    )
    parser.add_argument("--minutes", type=float, help="begin no case after this time; the same command goes on later")
    parser.add_argument(
        "--results", type=Path, help="keep outcomes here, and skip those kept (with --write: in bench/results)"
    )
    parser.add_argument("--from", dest="source", type=Path, help="measure nothing: show what was kept in this file")
    parser.add_argument("--replies", type=Path, help="a folder for what was answered, to be read")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    return parser


def main() -> None:
    """Measure all cases, or those named."""
    options = _parser().parse_args()
    if options.source is not None:
        records = Records.load(options.source)
        wanted = len({one.name for one in records.outcomes})
    else:
        cases = _chosen(options)
        if not cases:
            sys.exit("bench: no case is left; see tests/data/failures")
        default = RESULTS / f"fix_rate-{options.set or 'all'}.jsonl" if options.write else None
        path = options.results or default
        records = Records.load(path) if path is not None else Records()
        try:
            asyncio.run(_run(cases, options, records))
        except BackendError as error:
            sys.exit(f"bench: {error}")
        wanted = len(cases)
    print(screen_text(records))
    if options.write:
        write_section("fix-rate", page_text(records))
    missing = 0 if options.source else sum(not records.has(case.name, options.ways) for case in cases)
    if missing:
        sys.exit(f"bench: {missing} of {wanted} cases are not measured yet; the same command goes on with them")


if __name__ == "__main__":
    main()
