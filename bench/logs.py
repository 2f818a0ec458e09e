"""How fast logs are read, and in how much memory: ``python -m bench.logs``.

In the same run stands what a plain loop takes for the same text: ``splitlines`` and one search for a regular expression
of a few words in each line.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bench.texts import ci_log, failing_tests, json_log, service_log
from qwen_lsp.logparse import decode_log, parse_log

MB = 1_000_000
KINDS: dict[str, Callable[[int], str]] = {
    "build server's log, a failure in the middle": ci_log,
    "service's log, an exception every 50 lines": service_log,
    "JSON log, a stack every 50 lines": json_log,
    "pytest report of failing tests only": failing_tests,
}
SIZES_MB = (1, 2, 5, 10, 20, 50, 100)
_WORDS = re.compile(r"Traceback|Error:|error:|FAILED|panic:")


def baseline(text: str) -> int:
    """Return how many lines hold a word that failures have, found in the plainest way."""
    return sum(1 for line in text.splitlines() if _WORDS.search(line))


def seconds(work: Callable[[str], object], text: str, runs: int) -> float:
    """Return the median processor time that ``work`` takes for ``text``.

    It is one thread's work: this is what a clock shows where nothing else runs.
    """
    times = []
    for _ in range(runs):
        started = time.process_time()
        work(text)
        times.append(time.process_time() - started)
    return statistics.median(times)


def memory_ratio(log: Path) -> float:
    """Return the memory that ``log`` and its parsing take at most, as a multiple of what the log's text takes alone."""
    command = [sys.executable, "-m", "bench.logs", "--memory-of", str(log)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _measure_memory(log: Path) -> float:
    parse_log("Error: x\n    at a (b.js:1:2)\n")  # what is loaded once does not count
    text, _ = decode_log(log.read_bytes())
    size = sys.getsizeof(text)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted from here
    before = psutil.Process().memory_info().rss
    parse_log(text)
    peak = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]
    return (size + int(peak) * 1024 - before) / size


def main() -> None:
    """Print one row for each kind and size: times, their ratio, memory."""
    parser = argparse.ArgumentParser(prog="python -m bench.logs", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each measurement; the median counts (default: 5)")
    parser.add_argument("--largest", type=int, default=100, metavar="MB", help="leave out larger logs")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of is not None:
        print(_measure_memory(options.memory_of))
        return
    print(f"{'':44} {'MB':>5} {'parse_log':>11} {'ms/MB':>7} {'plain loop':>11} {'memory':>8} {'failures':>9}")
    for kind, make in KINDS.items():
        for size in SIZES_MB if make is ci_log else (5, 20):
            if size <= options.largest:
                _measure(kind, make(size * MB), size, options.runs)


def _measure(kind: str, text: str, size: int, runs: int) -> None:
    ours, plain = seconds(parse_log, text, runs), seconds(baseline, text, runs)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.txt")
        log.write_text(text, encoding="utf-8")
        memory = memory_ratio(log)
    found = len(parse_log(text).failures)
    times = f"{ours * 1000:8.0f} ms {ours * 1000 / size:7.1f} {plain * 1000:8.0f} ms"
    print(f"{kind:44} {size:5} {times} {memory:7.1f}x {found:9,}", flush=True)


if __name__ == "__main__":
    main()
