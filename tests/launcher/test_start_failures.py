"""Starts that fail for real, with the launcher's own command line: the engine's text is understood as it is printed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qwen_launcher import hardware, presets
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE, CPU_SMALL
from qwen_launcher.command import LaunchConfig, build_command, build_environment
from qwen_launcher.engine import find_engine
from qwen_launcher.enginelog import Failure, explain_failure
from qwen_launcher.process import free_port

from .tiny_model import write_tiny_model

pytestmark = pytest.mark.model

START_TIMEOUT_S = 300.0
POLL_INTERVAL_S = 0.1
READY = "Application startup complete"
FAILED = "Engine core initialization failed"
LONGEST = 32_768


@dataclass(frozen=True)
class Starter:
    """Starts the installed engine with a tiny model; nothing is written but below `folder`."""

    python: Path
    tokenizer: Path
    folder: Path

    def model(self, **options: object) -> Path:
        """Return the folder of a new tiny model."""
        return write_tiny_model(self.folder / "model", self.tokenizer, **options)

    @contextmanager
    def engine(self, model: Path, **options: object) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        """Start the engine and yield it with its log; `options` replace fields of the preset, or name the port.

        Eager mode: what is provoked here does not depend on compilation, which takes minutes.
        """
        port = options.pop("port", None) or free_port()
        preset = replace(presets.cpu_preset(hardware.detect()), kv_cache_gib=1, **{"max_model_len": 1024, **options})
        cpus = tuple(sorted(os.sched_getaffinity(0)))
        config = LaunchConfig(preset, self.python, str(model), True, "tiny", port, cpus, self.folder / "cache")
        log = self.folder / "vllm.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*build_command(config), "--enforce-eager"],
                env=build_environment(config, os.environ, "key"),
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            yield process, log
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def failure(self, model: Path, **options: object) -> Failure:
        """Return how the launcher explains the end of a start that fails."""
        with self.engine(model, **options) as (process, log):
            # After it has said that it failed, its processes may take a minute to end.
            wait_for(lambda: process.poll() is not None or FAILED in text_of(log))
            return explain_failure(text_of(log), process.poll())


@pytest.fixture
def starter(real_user, tmp_path: Path) -> Starter:
    """The installed engine and a folder for one test."""
    engine = find_engine(CPU_ENGINE, real_user.folders.engines)
    assert engine is not None
    tokenizers = [real_user.folders.models / name for name in (CPU_SMALL, *CATALOGUE)]
    return Starter(engine.python, next(path for path in tokenizers if path.exists()), tmp_path)


def text_of(log: Path) -> str:
    """Return what the engine has written so far."""
    return log.read_text(encoding="utf-8", errors="replace")


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; fail at the deadline."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(POLL_INTERVAL_S)


def test_context_longer_than_the_model_was_made_for(starter):
    """The longest context of the model is named."""
    failure = starter.failure(starter.model(max_position_embeddings=LONGEST), max_model_len=99_999)
    assert (failure.code, failure.flag) == ("context-exceeds-model", f"--max-model-len {LONGEST}")
    assert "99999" in failure.why


def test_port_in_use(starter):
    """A port that another program listens on is told at once, before anything is loaded."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert starter.failure(starter.model(), port=other.getsockname()[1]).code == "port-in-use"


def test_model_that_is_not_there(starter):
    """The name of the missing folder is told."""
    failure = starter.failure(starter.folder / "nothing")
    assert failure.code == "model-not-found"
    assert str(starter.folder / "nothing") in failure.why


def test_damaged_weights(starter):
    """A file that was cut, as by an interrupted download, is recognised; the remedy is to fetch it again."""
    model = starter.model()
    os.truncate(model / "model.safetensors", 100_000)
    failure = starter.failure(model)
    assert failure.code == "weights-damaged"
    assert "fetch" in failure.remedy


def test_context_longer_than_memory_and_the_flag_that_helps(starter):
    """The longest context that fits is computed, and with it the engine starts."""
    model = starter.model(layers=64, max_position_embeddings=2**20)
    failure = starter.failure(model, max_model_len=2**17)
    assert failure.code == "context-exceeds-memory"
    assert failure.flag is not None
    flag, tokens = failure.flag.split()
    assert flag == "--max-model-len"
    with starter.engine(model, max_model_len=int(tokens)) as (process, log):
        wait_for(lambda: process.poll() is not None or READY in text_of(log))
        assert process.poll() is None


def test_killed_while_loading(starter):
    """An engine that the system killed left no error: the exit code tells, and memory is named as the likely cause."""
    with starter.engine(starter.model()) as (process, log):
        wait_for(lambda: "Resolved architecture" in text_of(log))
        process.kill()
        failure = explain_failure(text_of(log), process.wait())
    assert failure.code == "killed"
    assert "memory" in failure.why
