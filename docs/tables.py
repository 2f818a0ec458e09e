"""Writes the generated table of docs/backends.md: ``python -m docs.tables``; ``--check`` only compares."""
# ruff: noqa: INP001 - docs is no package

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher.errors import UnusableMachineError
from qwen_launcher.hardware import recorded
from qwen_launcher.presets import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qwen_launcher.hardware import Hardware

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
PAGE = Path(__file__).with_name("backends.md")
RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "hardware"
HEADINGS = (
    "machine",
    "model",
    "weights",
    "dtype",
    "context",
    "GPUs used",
    "memory share",
    "sequences",
    "tokens a step",
)


def _machine(hardware: Hardware) -> str:
    if not hardware.gpus:
        vectors = ", no AVX2" if not hardware.cpu_has_vectors else ", no AVX-512" if not hardware.cpu_is_wide else ""
        unusable = ", a GPU in MIG mode without an instance" if hardware.problems else ""
        return f"{len(hardware.cpus)} processors, {hardware.ram_bytes / 2**30:.0f} GiB{vectors}{unusable}"
    counts: dict[str, int] = {}
    for gpu in hardware.gpus:
        name = (
            f"{gpu.name.removeprefix('NVIDIA ')}, {gpu.memory_gib:.0f} GiB{', display' if gpu.drives_display else ''}"
        )
        counts[name] = counts.get(name, 0) + 1
    return " + ".join(f"{count} x {name}" if count > 1 else name for name, count in counts.items())


def _order(hardware: Hardware) -> tuple[bool, int, int]:
    gpu_mib = sum(gpu.memory_mib for gpu in hardware.gpus)
    return bool(hardware.gpus), gpu_mib, hardware.ram_bytes


def _row(hardware: Hardware) -> tuple[str, ...]:
    machine = _machine(hardware)
    try:
        preset = choose(hardware)
    except UnusableMachineError:
        return (machine, "none: use `backend.baseUrl`", *[""] * (len(HEADINGS) - 2))
    used, there = len(preset.devices), len(hardware.gpus)
    share = preset.gpu_memory_utilization
    return (
        machine,
        preset.model.rpartition("/")[2],
        preset.weights or "",
        preset.dtype,
        f"{preset.context_estimate:,}",
        f"{used} of {there}" if there else "",
        "" if share is None else f"{share:.0%}",
        str(preset.max_num_seqs),
        f"{preset.max_num_batched_tokens:,}",
    )


def table() -> str:
    """Return the Markdown table of all recordings, processors first, then by the GPUs' memory."""
    machines = sorted((recorded(path.read_text(encoding="utf-8")) for path in RECORDINGS.glob("*.txt")), key=_order)
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(hardware) for hardware in machines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, or check it; return 1 when it is out of date or the markers are missing."""
    parser = argparse.ArgumentParser(prog="python -m docs.tables", description="Writes the generated table of a page.")
    parser.add_argument("page", nargs="?", type=Path, default=PAGE)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when it is out of date")
    options = parser.parse_args(arguments)
    text = options.page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.stderr.write(f"{options.page} has no {BEGIN} and {END}\n")
        return 1
    fresh = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    if not options.check:
        options.page.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        sys.stderr.write(f"the table of {options.page} is out of date; run `python -m docs.tables`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
