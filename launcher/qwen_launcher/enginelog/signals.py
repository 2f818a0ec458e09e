"""Failures that leave no text: what the number of the signal tells."""

from __future__ import annotations

import re
import signal

from qwen_launcher.enginelog.rule import Failure

# vllm/v1/engine/utils.py (wait_for_engine_startup), v1/executor/multiproc_executor.py (monitor_workers)
CHILD_EXIT = re.compile(r"Failed core proc\(s\): \{'[^']+': (-?\d+)|died unexpectedly \(exit code: (-?\d+)\)")

KILLED = Failure(
    "killed",
    "it was killed, as the system does when memory runs out",
    "close other programs, or serve a smaller model (`qwen-launcher start --model qwen2.5-coder-0.5b`)",
)
FAILURES = {
    signal.SIGKILL: KILLED,
    signal.SIGILL: Failure(
        "cpu-too-old",
        "this processor lacks instructions that the engine uses (AVX2 or AVX-512)",
        "use a vLLM on another machine (backend.baseUrl of qwen-lsp)",
    ),
    signal.SIGBUS: Failure(
        "shared-memory-full",
        "the engine could not use memory that it had been given, as happens when /dev/shm or the disk is full",
        "free some space; in a container: --shm-size=2g",
    ),
    signal.SIGSEGV: Failure(
        "crashed",
        "the engine crashed (segmentation fault)",
        "start again; if it goes on, remove the engine's environment and install it again (`qwen-launcher pull`)",
    ),
    signal.SIGABRT: Failure(
        "crashed",
        "the engine gave up (abort)",
        "start again; if it goes on, remove the engine's environment and install it again (`qwen-launcher pull`)",
    ),
    signal.SIGTERM: Failure("stopped", "it was stopped", "start it again if that was not meant"),
    signal.SIGINT: Failure("stopped", "it was stopped", "start it again if that was not meant"),
}


def failure_of_signal(log_text: str, exit_code: int | None) -> Failure | None:
    """Return what the signal tells that ended the engine or, as its log has it, one of its processes.

    `exit_code` is as of `subprocess`: negative for a signal.
    """
    codes = [int(code) for found in CHILD_EXIT.finditer(log_text) for code in found.groups() if code is not None]
    if exit_code is not None:
        codes.insert(0, exit_code)
    return next((FAILURES[signal.Signals(-code)] for code in codes if -code in FAILURES), None)
