"""What the machine gives: space, time, memory, processors, GPUs, Python and its pip."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from qwen_launcher.care.findings import Result, Situation, combine, fail, ok, warn
from qwen_launcher.care.masking import hosts_only, is_secret_name
from qwen_launcher.care.usage import live_states
from qwen_launcher.catalogue import CATALOGUE, GGUF_REQUIREMENT
from qwen_launcher.command import UNSUITABLE_VARIABLES
from qwen_launcher.engine import find_engine, remedy_for
from qwen_launcher.hardware import cgroup_limits
from qwen_launcher.models import is_installed
from qwen_launcher.progress import megabytes

TOOL_TIMEOUT_S = 60.0
SPARE_BYTES = 1_000_000_000
"""What a start writes: logs, compiled code and the system's own needs."""
ENGINE_OVERHEAD_BYTES = 2_000_000_000
"""Estimated: Python, PyTorch and activations beside weights and KV cache."""
DAY_S = 86_400.0
CPU_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16")


def versions(_situation: Situation) -> Result:
    """What runs on what."""
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        system = ""
    libc = " ".join(platform.libc_ver()).strip() or "unknown libc"
    return ok(
        f"qwen-lsp {importlib.metadata.version('qwen-lsp')}, Python {platform.python_version()}, "
        f"{system or platform.system()}, kernel {platform.release()}, {libc}, {platform.machine()}"
    )


def clock(_situation: Situation) -> Result:
    """A clock that is behind makes certificates invalid and downloads fail."""
    installed = max(path.stat().st_mtime for path in Path(__file__).parents[1].glob("*.py"))
    now = time.time()
    shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    if now < installed - DAY_S:
        return fail(
            f"the clock says {shown}, which is before qwen-lsp was installed",
            "set the clock (`timedatectl set-ntp true`); certificates are judged by it",
        )
    return ok(shown)


def disk(situation: Situation) -> Result:
    """Room for what is still to be installed, and for running."""
    folders, preset = situation.folders, situation.preset
    needed = {"data": SPARE_BYTES, "cache": SPARE_BYTES, "run": SPARE_BYTES // 100}
    if preset is not None and find_engine(preset.engine, folders.engines) is None:
        needed["data"] += preset.engine.needed_bytes
    model = CATALOGUE.get(preset.model) if preset is not None else None
    if model is not None and not is_installed(model, folders.models):
        needed["data"] += model.parts.size_bytes + model.output_bytes
    return combine(
        _space(name, folder, needed[name])
        for name, folder in (("data", folders.data), ("cache", folders.cache), ("run", folders.run))
    )


def _space(name: str, folder: Path, needed_bytes: int) -> Result:
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = shutil.disk_usage(existing).free
    text = f"{name}: {megabytes(free)} free in {folder}"
    if free >= needed_bytes:
        return ok(text)
    return fail(
        f"{text}, {megabytes(needed_bytes)} are needed",
        "free some space (`qwen-launcher gc` shows what it can remove) or set XDG_DATA_HOME and XDG_CACHE_HOME "
        "to a larger disk",
    )


def memory(situation: Situation) -> Result:
    """Memory that is there, that a container allows, and that is free."""
    total, available = psutil.virtual_memory().total, psutil.virtual_memory().available
    swap = psutil.swap_memory().total
    text = f"{megabytes(total)} of memory, {megabytes(available)} available, {megabytes(swap)} swap"
    limits = [limit for limit in cgroup_limits() if limit < total]
    results = [ok(text + (f", limited to {megabytes(min(limits))} by its control group" if limits else ", no limit"))]
    preset = situation.preset
    model = CATALOGUE.get(preset.model) if preset is not None else None
    if preset is not None and model is not None and preset.kv_cache_gib is not None:
        needed = model.output_bytes + preset.kv_cache_gib * 2**30 + ENGINE_OVERHEAD_BYTES
        # What a running engine holds is not available, and need not be.
        if min([available, *limits]) < needed and not live_states(situation.folders):
            results.append(
                warn(
                    f"{preset.model} takes about {megabytes(needed)} and less is available",
                    "close other programs, or start a smaller model",
                )
            )
    return combine(results)


def processor(situation: Situation) -> Result:
    """What the CPU build of vLLM can use."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    fields = [line.partition(":") for line in lines]
    flags = next((value.split() for name, _, value in fields if name.strip() in {"flags", "Features"}), [])
    name = next((value.strip() for name, _, value in fields if name.strip() == "model name"), platform.machine())
    known = [flag for flag in CPU_FLAGS if flag in flags]
    text = f"{name}, {len(situation.hardware.cpus)} of {os.cpu_count()} usable; {', '.join(known) or 'no AVX2'}"
    if situation.hardware.cpu_has_vectors or situation.hardware.gpus:
        return ok(text)
    return fail(
        f"{text}; the CPU build of vLLM needs AVX2 or 64-bit ARM",
        "set qwen-lsp's backend.baseUrl to a vLLM on another machine",
    )


def gpu(situation: Situation) -> Result:
    """NVIDIA GPUs and their driver."""
    found = situation.hardware.gpus
    text = ", ".join(
        f"{gpu.name} ({gpu.memory_mib / 1024:.0f} GiB, compute capability {'.'.join(map(str, gpu.compute_capability))})"
        for gpu in found
    )
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        text = f"{text or 'none'}; CUDA_VISIBLE_DEVICES is {visible!r}"
    program = shutil.which("nvidia-smi")
    if program is not None:
        query = [program, "--query-gpu=driver_version", "--format=csv,noheader"]
        answer = subprocess.run(query, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S, check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            text = f"{text or 'none usable'}; driver {answer.stdout.split()[0]}"
    problems = [warn(problem, "check the NVIDIA driver with `nvidia-smi`") for problem in situation.hardware.problems]
    return combine([*problems, ok(text or "no NVIDIA GPU; the processors are used")])


def preset(situation: Situation) -> Result:
    """What would be served here, and whether anything can be."""
    if situation.preset is None:
        what, _, remedy = (situation.unusable or "nothing can be served here").partition("; ")
        return fail(what, remedy or "set qwen-lsp's backend.baseUrl to a vLLM on another machine")
    chosen = situation.preset
    return ok(
        f"{chosen.model} on {chosen.engine.requirement}, {chosen.dtype}, {chosen.context_estimate} tokens of context "
        f"({chosen.reason})"
    )


def python(situation: Situation) -> Result:
    """The Python that makes the engine's environment."""
    text = f"{sys.executable} ({platform.python_version()})"
    strange = [name for name in UNSUITABLE_VARIABLES if os.environ.get(name)]
    if strange:
        text += f"; {', '.join(strange)} set (kept away from the engine)"
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return ok(text)
    result = (
        f"{text} has no venv module",
        "install Python's venv module (on Debian and Ubuntu: `apt install python3-venv`)",
    )
    installed = situation.preset is not None and find_engine(situation.preset.engine, situation.folders.engines)
    return warn(*result) if installed else fail(*result)


def pip(situation: Situation) -> Result:
    """The pip that installs the engine and fetches models, its settings; with `full` also whether it gets packages."""
    engine = find_engine(situation.preset.engine, situation.folders.engines) if situation.preset is not None else None
    if engine is None and importlib.util.find_spec("pip") is None:
        return ok("comes with the engine's environment, which is not installed yet")
    command = [str(engine.python) if engine else sys.executable, "-m", "pip", "--disable-pip-version-check"]
    code, version = _run([*command, "--version"])
    if code != 0:
        return fail(
            f"`{' '.join(command)}` fails: {version.splitlines()[-1] if version else f'exit code {code}'}",
            "reinstall Python or, for the engine's own, remove its environment and run `qwen-launcher pull`",
        )
    text = " ".join(version.split()[:2]) + "; " + (", ".join(pip_settings(command)) or "default settings")
    if not situation.full:
        return ok(f"{text}; its index was not asked (--full asks it)")
    with tempfile.TemporaryDirectory() as target:
        options = ["--no-input", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "-q", "-d", target]
        code, output = _run([*command, "download", *options, GGUF_REQUIREMENT])
    if code == 0:
        return ok(f"{text}; its index gave {GGUF_REQUIREMENT}")
    tail = output.splitlines()[-5:]
    return fail(f"{text}; its index did not give {GGUF_REQUIREMENT}: {hosts_only(' '.join(tail))}", remedy_for(tail))


def pip_settings(command: list[str]) -> list[str]:
    """Return pip's settings as `name=value`, without secrets."""
    code, output = _run([*command, "config", "list"])
    settings = []
    for line in output.splitlines() if code == 0 else ():
        name, equals, value = line.partition("=")
        if equals:
            settings.append(f"{name}={'[masked]' if is_secret_name(name) else hosts_only(value.strip(chr(39)))}")
    return settings


def _run(command: list[str]) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name not in UNSUITABLE_VARIABLES}
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TOOL_TIMEOUT_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, f"{command[0]} did not end within {TOOL_TIMEOUT_S:.0f} s"
    except OSError as error:
        return 127, f"{command[0]}: {error.strerror}"
    return answer.returncode, (answer.stdout + answer.stderr).strip()
