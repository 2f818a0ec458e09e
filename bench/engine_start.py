"""How long the engine takes from its start to the first token, stage by stage: ``python -m bench.engine_start``.

Starts the preset for processors as the launcher does and, in turns with that, as vLLM itself would (its own module,
bound threads, small memory pages), so that a noisy machine disturbs both alike. Stages are told by the moments at which
the lines of the engine's log arrive. Each way is first started once unmeasured, to fill its caches. Engine and model
must be installed (``qwen-launcher pull``), and no other engine should run.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from qwen_launcher import hardware, presets
from qwen_launcher.command import LaunchConfig, build_command, build_environment
from qwen_launcher.engine import find_engine
from qwen_launcher.errors import LauncherError
from qwen_launcher.folders import Folders
from qwen_launcher.health import generates, served_context
from qwen_launcher.models import resolve
from qwen_launcher.process import free_port
from qwen_launcher.state import BackendState

KEY = "bench"
TIMEOUT_S = 900.0
POLL_INTERVAL_S = 0.1
OURS, VLLMS = "launcher", "vLLM's own"
OURS_ONLY = ("OMP_NUM_THREADS", "THP_MEM_ALLOC_ENABLE", "GLIBC_TUNABLES")

# (stage, the log line that ends it), vLLM 0.32, in the order of a start. The first line that matches counts.
STAGES = (
    ("API server: imports", r"version \d+\.\d+"),
    ("configuration; EngineCore: imports", r"Initializing a V1 LLM engine"),
    ("worker: process and imports", r"Starting to load model"),
    ("weights: read", r"Loading weights took"),
    ("weights: packed for int8 kernels", r"Warming up model for the compilation"),
    ("compiled model: loaded, or compiled", r"Directly load AOT compilation|saved AOT compiled function"),
    ("warm-up run", r"Warming up done"),
    ("KV cache", r"init engine \("),
    ("tokenizer, routes, port open", None),
    ("first token", None),
)


@dataclass(frozen=True)
class Start:
    """One start: seconds of each stage, and processor seconds of all the engine's processes until the first token."""

    stages_s: tuple[float, ...]
    processor_s: float
    load: float

    @property
    def total_s(self) -> float:
        """From the start of the process to the first token."""
        return sum(self.stages_s)


class Engine:
    """A running engine whose log lines are stamped with the seconds since its start."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        self.lines: list[tuple[float, str]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def seconds(self) -> float:
        """Return how long ago the process was started."""
        return time.monotonic() - self.started

    def processor_seconds(self) -> float:
        """Return what all the engine's processes have used so far, those included that they have waited for."""
        server = psutil.Process(self.process.pid)
        return sum(sum(process.cpu_times()[:4]) for process in [server, *server.children(recursive=True)])

    def end(self) -> None:
        """End all processes."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append((self.seconds(), line.decode(errors="replace").rstrip()))


def start(config: LaunchConfig, way: str, key: Path) -> Start:
    """Start the engine, wait for its first token, end it, and return the figures."""
    command, environment = build_command(config), build_environment(config, os.environ, KEY)
    if way == VLLMS:
        command[1:2] = ["-m", "vllm.entrypoints.openai.api_server"]
        environment = {name: value for name, value in environment.items() if name not in OURS_ONLY}
        environment["VLLM_CPU_OMP_THREADS_BIND"] = ",".join(map(str, config.cpus))
    load = os.getloadavg()[0]
    engine = Engine(command, environment)
    try:
        state = _state(config, engine, key)
        while served_context(state) is None:
            if engine.process.poll() is not None or engine.seconds() > TIMEOUT_S:
                sys.exit("bench: the engine did not start:\n" + "\n".join(line for _, line in engine.lines[-20:]))
            time.sleep(POLL_INTERVAL_S)
        open_at = engine.seconds()
        assert generates(state)
        token_at, processor_s = engine.seconds(), engine.processor_seconds()
    finally:
        engine.end()
    moments = [_moment(pattern, engine.lines) for _, pattern in STAGES if pattern is not None]
    moments += [open_at, token_at]
    stages = tuple(after - before for before, after in zip([0.0, *moments], moments, strict=False))
    return Start(stages, processor_s, load)


def _moment(pattern: str, lines: list[tuple[float, str]]) -> float:
    for seconds, line in lines:
        if re.search(pattern, line):
            return seconds
    sys.exit(f"bench: no line of the engine's log matches {pattern!r}; was it written by another release of vLLM?")


def _state(config: LaunchConfig, engine: Engine, key: Path) -> BackendState:
    return BackendState(
        pid=engine.process.pid,
        pgid=engine.process.pid,
        process_start_time=time.time(),
        base_url=config.base_url,
        model=config.served_name,
        api_key_path=str(key),
        max_model_len=0,
        engine=config.preset.engine.name,
        engine_version="",
        started_at="",
        log_path="",
    )


def configuration(folders: Folders) -> LaunchConfig:
    """Return how the launcher would start the processors' preset here.

    Raises:
        LauncherError: this machine cannot serve it.
    """
    machine = hardware.detect()
    preset = presets.cpu_preset(machine)
    engine = find_engine(preset.engine, folders.engines)
    model = resolve(preset.model, folders.models)
    if engine is None:
        sys.exit("bench: the engine is not installed; run `qwen-launcher pull`")
    return LaunchConfig(
        preset, engine.python, model.source, model.is_local, model.served_name, 0, machine.cpus, folders.compile_cache
    )


def show(results: dict[str, list[Start]]) -> None:
    """Print the medians as a table, ways side by side."""
    runs = len(next(iter(results.values())))
    print(f"\n{f'median of {runs}, seconds':38}", *(f"{way:>11}" for way in results))

    def row(name: str, values: list[float]) -> None:
        print(f"{name:38}", *(f"{value:11.1f}" for value in values))

    for number, (name, _) in enumerate(STAGES):
        row(name, [statistics.median(one.stages_s[number] for one in starts) for starts in results.values()])
    row("start to first token", [statistics.median(one.total_s for one in starts) for starts in results.values()])
    row("processor seconds by then", [statistics.median(one.processor_s for one in s) for s in results.values()])


def main() -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="measured starts of each way")
    parser.add_argument("--only", choices=[OURS, VLLMS], help="measure one way")
    options = parser.parse_args()
    folders = Folders.of_user()
    folders.make()
    key = folders.run / "bench.key"
    key.write_text(KEY, encoding="utf-8")
    try:
        config = configuration(folders)
        results: dict[str, list[Start]] = {way: [] for way in (OURS, VLLMS) if options.only in (None, way)}
        for number in range(options.runs + 1):
            for way, starts in results.items():
                one = start(replace(config, port=free_port()), way, key)
                label = f"{number} of {options.runs}" if number else "unmeasured"
                figures = f"{one.total_s:6.1f} s, {one.processor_s:6.1f} processor s, load before {one.load:.1f}"
                print(f"{way:11} {label:10} {figures}", flush=True)
                if number:
                    starts.append(one)
    except LauncherError as error:
        sys.exit(f"bench: {error}")
    finally:
        key.unlink()
    show(results)


if __name__ == "__main__":
    main()
