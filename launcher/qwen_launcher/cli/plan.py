"""The command plan: what would be served on this machine, and why."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwen_launcher import presets
from qwen_launcher.cli.terminal import MODEL_HELP
from qwen_launcher.engine import find_engine
from qwen_launcher.errors import LauncherError, UnusableMachineError
from qwen_launcher.hardware import LIST, QUERY, Hardware, detect, recorded
from qwen_launcher.models import is_available, resolve
from qwen_launcher.progress import megabytes

if TYPE_CHECKING:
    from qwen_launcher.cli.terminal import Commands, Terminal
    from qwen_launcher.folders import Folders
    from qwen_launcher.presets import Preset

INDENT = "  "
RECORDING_HELP = f"""\
A recording of another machine, for --hardware, is the output of
  nvidia-smi '{QUERY[0]}' {QUERY[1]}
  nvidia-smi {" ".join(LIST)}        (only where MIG is on)
with lines for what nvidia-smi does not tell (default: as shown):
  # processors: 8
  # memory_gib: 32
  # vectors: yes        (no: x86 processors without AVX2)
  # avx512: yes         (no: x86 processors without AVX-512)
"""


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    plan = commands.add_parser(
        "plan",
        help="say what would be served on this machine, how and why; downloads nothing",
        epilog=RECORDING_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--model", metavar="MODEL", help=MODEL_HELP)
    plan.add_argument("--hardware", type=Path, metavar="FILE", help="plan for a recorded machine instead of this one")
    plan.add_argument("--json", action="store_true", help="machine-readable")
    plan.set_defaults(run=_plan)


def _plan(options: argparse.Namespace, terminal: Terminal) -> int:
    hardware = detect() if options.hardware is None else _read(options.hardware)
    try:
        preset = presets.choose(hardware, options.model)
        downloads = _downloads(preset, terminal.folders, is_here=options.hardware is None)
    except UnusableMachineError as error:
        if not options.json:
            print(_hardware_text(hardware))
            raise
        unusable = {"hardware": _hardware_json(hardware), "error": {"reason": error.reason, "remedy": error.remedy}}
        print(json.dumps(unusable, indent=2))
        return error.exit_code
    if options.json:
        print(json.dumps(_json(hardware, preset, downloads), indent=2))
    else:
        print(_hardware_text(hardware), _decision_text(preset), _reasoning_text(preset), sep="\n\n")
        print("\nDownloads", *(f"{INDENT}{one['what']}: {_download_text(one)}" for one in downloads), sep="\n")
    return 0


def _read(path: Path) -> Hardware:
    try:
        return recorded(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LauncherError(f"cannot read the recording {path} ({error}); name a text file") from error


def _downloads(preset: Preset, folders: Folders, *, is_here: bool) -> list[dict[str, Any]]:
    """Return engine and model with what fetching them takes; None stands for what is not known."""
    model = resolve(preset.model, folders.models)
    size = model.catalogue.parts.size_bytes if model.catalogue else None
    if preset.variant is not None:
        size = preset.variant.download_bytes
    return [
        {
            "what": f"engine {preset.engine.requirement}",
            "installed": find_engine(preset.engine, folders.engines) is not None if is_here else None,
            "bytes": None,
            "disk_bytes": preset.engine.needed_bytes,
        },
        {
            "what": f"model {preset.model}",
            "installed": is_available(model, folders.models) if is_here else None,
            "bytes": size,
            "disk_bytes": size + model.catalogue.output_bytes if size and model.catalogue else size,
        },
    ]


def _download_text(one: dict[str, Any]) -> str:
    if one["installed"]:
        return "installed"
    if one["bytes"] is not None:
        return f"{megabytes(one['bytes'])} to fetch"
    if one["disk_bytes"] is not None:
        return f"to install, which takes up to {megabytes(one['disk_bytes'])} of disk"
    return "to fetch; how much is not known here"


def _json(hardware: Hardware, preset: Preset, downloads: list[dict[str, Any]]) -> dict[str, Any]:
    memory = preset.memory
    return {
        "hardware": _hardware_json(hardware),
        "preset": {
            "model": preset.model,
            "engine": preset.engine.requirement,
            "weights": preset.weights,
            "dtype": preset.dtype,
            "max_model_len": preset.max_model_len,
            "context_estimate": preset.context_estimate,
            "tensor_parallel_size": preset.tensor_parallel_size,
            "devices": preset.devices,
            "gpu_memory_utilization": preset.gpu_memory_utilization,
            "quantization": preset.quantization,
            "max_num_seqs": preset.max_num_seqs,
            "max_num_batched_tokens": preset.max_num_batched_tokens,
            "kv_cache_gib": preset.kv_cache_gib,
            "speculation": None,
        },
        "memory_gib": None if memory is None else {**asdict(memory), "free_gib": memory.free_gib},
        "reasoning": preset.reasoning,
        "downloads": downloads,
    }


def _hardware_json(hardware: Hardware) -> dict[str, Any]:
    return {
        "gpus": [asdict(gpu) for gpu in hardware.gpus],
        "processors": len(hardware.cpus),
        "ram_bytes": hardware.ram_bytes,
        "cpu_has_vectors": hardware.cpu_has_vectors,
        "cpu_is_wide": hardware.cpu_is_wide,
        "problems": hardware.problems,
    }


def _hardware_text(hardware: Hardware) -> str:
    lines = ["Hardware"]
    for gpu in hardware.gpus:
        capability = ".".join(map(str, gpu.compute_capability))
        display = ", drives a display" if gpu.drives_display else ""
        lines.append(f"{INDENT}{gpu.name}: {gpu.memory_gib:.1f} GiB, compute capability {capability}{display}")
    if not hardware.gpus:
        lines.append(f"{INDENT}no NVIDIA GPU")
    lines.append(f"{INDENT}{len(hardware.cpus)} processors, {hardware.ram_bytes / 2**30:.1f} GiB of memory")
    return "\n".join([*lines, *(f"{INDENT}{problem}" for problem in hardware.problems)])


def _decision_text(preset: Preset) -> str:
    fits = " (what fits)" if preset.max_model_len == presets.AUTO else ""
    rows: list[tuple[str, object]] = [
        ("model", preset.model),
        ("weights", preset.weights or "as the model has them"),
        ("engine", preset.engine.requirement),
        ("dtype", preset.dtype),
        ("context", f"{preset.context_estimate:,} tokens{fits}"),
        ("tensor parallel", preset.tensor_parallel_size),
        ("sequences", "vLLM's own limit" if preset.max_num_seqs is None else f"at most {preset.max_num_seqs}"),
        (
            "tokens in a step",
            "vLLM's own limit"
            if preset.max_num_batched_tokens is None
            else f"at most {preset.max_num_batched_tokens:,}",
        ),
        ("speculation", "off"),
    ]
    lines = ["Decision", *(f"{INDENT}{name:<18}{value}" for name, value in rows)]
    if preset.memory is not None:
        each = " of each GPU" if preset.tensor_parallel_size > 1 else ""
        lines += ["", f"Memory{each}, GiB (estimated)"]
        parts = {
            "weights": preset.memory.weights_gib,
            "KV cache": preset.memory.kv_cache_gib,
            "overhead": preset.memory.overhead_gib,
            "left free": preset.memory.free_gib,
            "total": preset.memory.total_gib,
        }
        lines += [f"{INDENT}{name:<18}{gib:6.1f}" for name, gib in parts.items()]
    return "\n".join(lines)


def _reasoning_text(preset: Preset) -> str:
    return "\n".join(["Why", *(f"{INDENT}- {sentence}" for sentence in preset.reasoning)])
