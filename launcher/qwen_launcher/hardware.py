"""What this machine has: GPUs, cores, memory."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

NVIDIA_SMI_TIMEOUT_S = 20.0
QUERY = ["--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits"]


@dataclass(frozen=True, slots=True)
class Gpu:
    """One NVIDIA GPU; `memory_mib` as nvidia-smi counts it, `compute_capability` as (major, minor)."""

    name: str
    memory_mib: int
    compute_capability: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hardware:
    """The parts that decide what can be served.

    `cpus` are the ids of the processors that this process may use. `problems` are sentences for the user about what
    could not be read.
    """

    gpus: tuple[Gpu, ...]
    cpus: tuple[int, ...]
    ram_bytes: int
    cpu_has_vectors: bool
    problems: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The hardware in a line."""
        gpus = ", ".join(f"{gpu.name} ({gpu.memory_mib / 1024:.0f} GiB)" for gpu in self.gpus) or "no NVIDIA GPU"
        return f"{gpus}; {len(self.cpus)} processors, {self.ram_bytes / 2**30:.0f} GiB of memory"


def parse_nvidia_smi(output: str) -> tuple[list[Gpu], list[str]]:
    """Return the GPUs of `nvidia-smi` CSV output (`QUERY`), and a sentence for each line that is none."""
    gpus, problems = [], []
    for line in output.splitlines():
        if not line.strip():
            continue
        try:
            name, memory_mib, capability = (part.strip() for part in line.rsplit(",", 2))
            major, minor = capability.split(".")
            gpus.append(Gpu(name, int(memory_mib), (int(major), int(minor))))
        except ValueError:
            # Also boards with unified memory, which report "[N/A]".
            problems.append(f"nvidia-smi described a GPU as {line.strip()!r}, which cannot be used; it is left out.")
    return gpus, problems


def visible_gpus(gpus: list[Gpu], visible: str | None) -> list[Gpu]:
    """Return the GPUs that CUDA_VISIBLE_DEVICES (`visible`; nvidia-smi does not heed it) leaves to programs."""
    if visible is None:
        return gpus
    chosen = [part.strip() for part in visible.split(",") if part.strip()]
    if all(part.isdigit() for part in chosen):
        return [gpus[int(part)] for part in chosen if int(part) < len(gpus)]
    return gpus[: sum(part != "-1" for part in chosen)]


def _query_gpus() -> tuple[list[Gpu], list[str]]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return [], []
    try:
        answer = subprocess.run(
            [program, *QUERY], capture_output=True, text=True, timeout=NVIDIA_SMI_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return [], [f"nvidia-smi failed ({error}); the CPU is used. Check the NVIDIA driver if there is a GPU."]
    return parse_nvidia_smi(answer.stdout)


def _cpu_has_vectors() -> bool:
    """Return whether the CPU build of vLLM can run here: it needs AVX2 on x86, nothing special on 64-bit ARM."""
    machine = platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        try:
            return " avx2 " in Path("/proc/cpuinfo").read_text(encoding="utf-8")
        except OSError:
            return False
    return machine in {"aarch64", "arm64"}


def _ram_bytes() -> int:
    """Return the memory of the machine, or of the container when that has a limit (Linux cgroup v2, memory.max)."""
    total: int = psutil.virtual_memory().total
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8")))
    except (OSError, ValueError):  # not there, or "max"
        return total


def detect() -> Hardware:
    """Return this machine's hardware; never raises."""
    gpus, problems = _query_gpus()
    return Hardware(
        gpus=tuple(visible_gpus(gpus, os.environ.get("CUDA_VISIBLE_DEVICES"))),
        cpus=tuple(sorted(os.sched_getaffinity(0))),
        ram_bytes=_ram_bytes(),
        cpu_has_vectors=_cpu_has_vectors(),
        problems=tuple(problems),
    )
