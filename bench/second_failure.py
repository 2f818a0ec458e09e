"""How much of a second question about a file the engine has read already: ``python -m bench.second_failure``.

For each Python program of a set of tests/data/failures whose log is a plain traceback, the question about its failure
is read, and then the question about a second failure in the same file, which is made from the first:

* "same function": the same frames, another exception and message;
* "its caller": without the innermost frame, where the one before it is in the same file.

What the engine found in its prefix cache is its own count. Nothing else may use the engine meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import tempfile
from pathlib import Path

from tests.failures import REPORT, TUNING, FailureCase, all_cases, copy_workspace, run

from bench.engine import counts_of, engine_of
from bench.outcome import TEMPORARY
from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import BackendError, OpenAIBackend
from qwen_lsp.repair import question_about
from qwen_lsp.settings import resolve
from qwen_lsp.workspace import DiskDocuments

_FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line \d+, in .+\n(?:    .*\n)*', re.MULTILINE)
_HEAD = "Traceback (most recent call last):\n"
SAME, CALLER = "same function", "its caller"


def second_failures(log: str) -> dict[str, str]:
    """Return the logs of second failures in the file where that of ``log`` was; none where it is no plain traceback."""
    frames = list(_FRAME.finditer(log))
    if log.count(_HEAD) != 1 or not frames:
        return {}
    number = random.randrange(10**8)  # noqa: S311 - new to the prefix cache
    end = f"RuntimeError: value {number} is out of range\n"
    head, texts = log[: frames[0].start()], [one.group() for one in frames]
    found = {SAME: head + "".join(texts) + end}
    if len(frames) > 1 and frames[-2]["path"] == frames[-1]["path"]:
        found[CALLER] = head + "".join(texts[:-1]) + end
    return found


async def _shares(case: FailureCase, backend: OpenAIBackend) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=TEMPORARY) as folder:
        workspace = Path(folder) / case.name
        copy_workspace(case, workspace)
        log = (await asyncio.to_thread(run, case, workspace)).stdout
        shares = {}
        for name, second in second_failures(log).items():
            await _read(log, workspace, backend)
            hits, queried = await _read(second, workspace, backend)
            shares[name] = hits / queried
        return shares


async def _read(log: str, workspace: Path, backend: OpenAIBackend) -> tuple[float, float]:
    """Let the engine read the question about ``log``; return how many of how many tokens it had in its cache."""
    documents = DiskDocuments()
    request = DiagnoseRequest(log=log, roots=(workspace,), cwd=workspace)
    located = Analyzer(documents, backend).locate(request).primary
    if located is None:
        message = f"no failure was found in: {log}"
        raise BackendError(message)
    question = await question_about(located, request.roots, documents, backend, lambda _: None)
    async with engine_of(backend) as endpoint:
        before = await counts_of(endpoint)
        await backend.complete(question.prompt, max_tokens=1, on_text=lambda _: None, on_wait=lambda _: None)
        after = await counts_of(endpoint)
    if before is None or after is None:
        message = "the server does not tell what it counts"
        raise BackendError(message)
    counted = after.since(before)
    return counted.hits, counted.queried


async def _measure(cases: list[FailureCase]) -> None:
    settings, _ = resolve(os.environ)
    backend = OpenAIBackend(settings.backend)
    shares: dict[str, list[float]] = {SAME: [], CALLER: []}
    for case in cases:
        for name, share in (await _shares(case, backend)).items():
            shares[name].append(share)
    for name, known in shares.items():
        if known:
            low, *_, high = statistics.quantiles(known, n=4) if len(known) > 1 else known * 2
            middle = statistics.median(known)
            print(f"{name:14} {len(known):3} programs   median {middle:.0%}   quartiles {low:.0%}, {high:.0%}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--set", choices=(TUNING, REPORT), default=REPORT)
    options = parser.parse_args()
    asyncio.run(_measure([case for case in all_cases() if case.set == options.set and case.language == "python"]))


if __name__ == "__main__":
    main()
