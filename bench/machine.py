"""What a measurement was made with, in words."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import psutil

from qwen_launcher.hardware import detect

ROOT = Path(__file__).parents[1]
_MEASURED = ("server", "launcher", "prompts", "bench", "tests/data/failures", ":!bench/results")


def machine() -> str:
    """Return this machine's processors, memory and GPUs."""
    hardware = detect()
    gpus = ", ".join(gpu.name for gpu in hardware.gpus) or "no GPU"
    memory_gib = psutil.virtual_memory().total / 2**30
    return f"{len(hardware.cpus)} processors ({_processor()}), {memory_gib:.0f} GiB of memory, {gpus}"


def commit() -> str:
    """Return the commit of this checkout; "unknown" outside one, with a mark where measured code was changed since."""
    try:
        name = _git("rev-parse", "--short=10", "HEAD")
        return f"{name} with changes" if _git("status", "--porcelain", "--", *_MEASURED) else name
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    """Return the processor's name, as Linux tells it, else its architecture."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
