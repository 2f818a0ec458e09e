"""Starts the API server of vLLM's CPU build, in about half of the time that its own module takes.

A script: the engine environment's Python runs it with the API server's arguments (``python serve_cpu.py --model ...``).
It imports nothing of this package. Python runs it again, under another name, at the start of each process that vLLM
makes.

Two things are put right, without touching vLLM's files and only for the release that they were made for:

* **The compiled model is loaded instead of compiled again.** vLLM saves it, but cannot use what it saved: its function
  ``_try_load_aot_compiled_fn`` (vllm/compilation/decorators.py) calls ``finalize_loading`` on what was loaded, which
  exists only in vLLM's own compilation mode. The CPU build uses PyTorch's (``DYNAMO_TRACE_ONCE``), whose result is a
  plain function with nothing left to finalize, so at every start the attempt fails with "'function' object has no
  attribute 'finalize_loading'", and the model is compiled for about a minute. The method is added here. The rest stays
  vLLM's: it compares the sources with those that were compiled, and compiles when they, or the file, are not in order.

* **PyTorch and vLLM are imported twice at the same time, not three times in a row.** The CPU platform has each process
  start from nothing, because threads can be bound to processors only before OpenMP is loaded. Where they are not to be
  bound, Python's fork server is used: it is started first, and imports while this process does so on another processor.
"""

from __future__ import annotations

import functools
import multiprocessing.forkserver
import os
import runpy
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

MADE_FOR = "0.32.0"
BINDING, UNBOUND = "VLLM_CPU_OMP_THREADS_BIND", "nobind"
PRELOADED = ["vllm.v1.engine.core", "vllm.v1.worker.cpu_worker"]
API_SERVER = "vllm.entrypoints.openai.api_server"


def is_known_release() -> bool:
    """Return whether the engine is the release whose inner workings are known here."""
    try:
        return version("vllm-cpu") == MADE_FOR
    except PackageNotFoundError:
        return False


def load_what_was_compiled() -> None:
    """Give compiled functions that are loaded the method that vLLM calls, where they have none."""
    import_module("vllm")  # before torch: it sets variables that torch reads when it is imported
    compiler = import_module("torch").compiler
    load = compiler.load_compiled_function

    @functools.wraps(load)
    def load_compiled_function(*args: Any, **kwargs: Any) -> Any:
        loaded = load(*args, **kwargs)
        compiled = loaded._artifacts.compiled_fn  # noqa: SLF001 - as vLLM does
        if not hasattr(compiled, "finalize_loading"):
            compiled.finalize_loading = lambda _config: None
        return loaded

    compiler.load_compiled_function = load_compiled_function


def start_fork_server() -> None:
    """Start the fork server; it imports while this process goes on.

    The variables are those that CpuPlatform.check_and_update_config (vllm/platforms/cpu.py) sets for the workers once
    it knows the configuration, which is too late for a server that runs by then.
    """
    os.environ |= {
        "NUMEXPR_MAX_THREADS": str(len(os.sched_getaffinity(0))),
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
        "TORCHINDUCTOR_CPP_DYNAMIC_THREADS": "1",
        "VLLM_DISABLE_SHARED_EXPERTS_STREAM": "1",
        "LOCAL_WORLD_SIZE": "1",
    }
    multiprocessing.forkserver.set_forkserver_preload(PRELOADED)
    multiprocessing.forkserver.ensure_running()


def use_fork_server() -> None:
    """Have processes made by the fork server; vLLM's reader of the variable that says how knows two other ways only."""
    import_module("vllm.envs").environment_variables["VLLM_WORKER_MULTIPROC_METHOD"] = lambda: "forkserver"


def main() -> None:
    """Put right what can be; then be the API server, unless this is a process that it made."""
    is_api_server = __name__ == "__main__"
    if is_known_release():
        unbound = os.environ.get(BINDING) == UNBOUND
        if unbound and is_api_server:
            start_fork_server()
        load_what_was_compiled()
        if unbound:
            use_fork_server()
    elif is_api_server:
        sys.stderr.write(f"qwen-launcher: this vLLM is not {MADE_FOR}, so it starts in its own, slower way\n")
    if is_api_server:
        runpy.run_module(API_SERVER, run_name="__main__")


main()
