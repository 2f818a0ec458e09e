"""What every command is given, and what several of them share."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from qwen_launcher.hardware import Hardware, detect

if TYPE_CHECKING:
    from qwen_launcher.folders import Folders
    from qwen_launcher.progress import Progress

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

ENGINE_ARGS_HELP = "after `--`: arguments for the engine itself, such as --gpu-memory-utilization 0.8"
MODEL_HELP = "a name that `models` lists, a folder, or a model hub id; default: what suits this machine"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The user's folders, and where progress is shown."""

    folders: Folders
    progress: Progress


def positive(text: str) -> int:
    """Return a positive number, for argparse."""
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


def detect_hardware() -> Hardware:
    """Return this machine's hardware; what could not be read is said on stderr."""
    hardware = detect()
    for problem in hardware.problems:
        print(f"qwen-launcher: {problem}", file=sys.stderr)
    return hardware
