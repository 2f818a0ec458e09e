"""What this machine has: GPUs, cores, memory."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from qwen_launcher.catalogue import CUDA_ENGINE, CUDA_MIN_DRIVER
from qwen_launcher.errors import LauncherError

if TYPE_CHECKING:
    from collections.abc import Iterator

NVIDIA_SMI_TIMEOUT_S = 20.0
FIELDS = ("uuid", "name", "memory.total", "compute_cap", "mig.mode.current", "display_active", "driver_version")
QUERY = [f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader,nounits"]
LIST = ["-L"]
NOT_AVAILABLE = "[N/A]"
MIG_ENABLED = "Enabled"
_GPU_LINE = re.compile(r"GPU \d+: .*\(UUID: (?P<uuid>GPU-[^)]+)\)")
_MIG_LINE = re.compile(
    r"\s+MIG (?P<profile>(?:\d+c\.)?\d+g\.(?P<gigabytes>\d+)gb\S*)\s+Device\s+\d+: \(UUID: (?P<uuid>MIG-[^)]+)\)"
)
"""NVIDIA MIG user guide, "Creating GPU Instances": `  MIG 3g.20gb     Device  0: (UUID: MIG-...)` below its GPU."""
MIG_REAL_SHARE = 0.95
"""Of the gigabytes in a profile's name, what an instance has in GiB: 4.75 of 1g.5gb, 39.25 of 3g.40gb (same guide)."""
_RECORDED_LINE = re.compile(r"#\s*(?P<key>processors|memory_gib|vectors|avx512):\s*(?P<value>\S+)")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One NVIDIA GPU, or one MIG instance of one.

    `memory_mib` is as nvidia-smi counts it, `compute_capability` is (major, minor), `uuid` is what CUDA_VISIBLE_DEVICES
    calls it (empty: unknown). `shares_ram`: it has no memory of its own, `memory_mib` is the machine's.
    """

    name: str
    memory_mib: int
    compute_capability: tuple[int, int]
    uuid: str = ""
    drives_display: bool = False
    shares_ram: bool = False

    @property
    def is_instance(self) -> bool:
        """Whether this is a MIG instance, which cannot be joined with another."""
        return self.uuid.startswith("MIG-")

    @property
    def memory_gib(self) -> float:
        """The memory in GiB."""
        return self.memory_mib / 1024


@dataclass(frozen=True, slots=True)
class Hardware:
    """The parts that decide what can be served.

    `cpus` are the ids of the processors that this process may use. `cpu_has_vectors`: the CPU build of vLLM can run
    on them. `cpu_is_wide`: it also has fast kernels there for numbers of 8 and 16 bits. `problems` are sentences for
    the user about what could not be read or will not do.
    """

    gpus: tuple[Gpu, ...]
    cpus: tuple[int, ...]
    ram_bytes: int
    cpu_has_vectors: bool
    cpu_is_wide: bool = True
    problems: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The hardware in a line."""
        gpus = ", ".join(f"{gpu.name} ({gpu.memory_gib:.0f} GiB)" for gpu in self.gpus) or "no NVIDIA GPU"
        return f"{gpus}; {len(self.cpus)} processors, {self.ram_bytes / 2**30:.0f} GiB of memory"


def parse_nvidia_smi(output: str, ram_bytes: int) -> tuple[list[Gpu], list[str]]:
    """Return the GPUs of `nvidia-smi` output (`QUERY`, then `LIST` where MIG is on), and a sentence for each problem.

    A GPU in MIG mode is replaced by its instances. One without memory of its own (nvidia-smi says "[N/A]": GB10 and
    other boards with unified memory) is given the machine's, `ram_bytes`.
    """
    gpus: list[Gpu] = []
    problems: list[str] = []
    divided: dict[str, Gpu] = {}
    without_instance: dict[str, Gpu] = {}
    parent: Gpu | None = None
    for line in output.splitlines():
        if line.startswith("GPU-"):
            try:
                gpu, mig_mode, driver = _parse_row(line, ram_bytes)
            except ValueError:
                problems.append(
                    f"nvidia-smi described a GPU as {line.strip()!r}, which cannot be used; it is left out."
                )
                continue
            problems += [problem for problem in _driver_problems(driver) if problem not in problems]
            if mig_mode == MIG_ENABLED:
                divided[gpu.uuid] = without_instance[gpu.uuid] = gpu
            else:
                gpus.append(gpu)
        elif listed := _GPU_LINE.match(line):
            parent = divided.get(listed["uuid"])
        elif parent is not None and (instance := _MIG_LINE.match(line)):
            memory_mib = int(int(instance["gigabytes"]) * MIG_REAL_SHARE * 1024)
            name = f"{parent.name} MIG {instance['profile']}"
            gpus.append(Gpu(name, memory_mib, parent.compute_capability, instance["uuid"]))
            without_instance.pop(parent.uuid, None)
        elif line.strip() and not line.startswith(("#", "GPU ", " ")):
            problems.append(f"nvidia-smi said {line.strip()!r}, which is not understood.")
    problems += [
        f"{gpu.name} is in MIG mode without an instance and is left out; make one with `nvidia-smi mig -cgi`."
        for gpu in without_instance.values()
    ]
    return gpus, problems


def _parse_row(line: str, ram_bytes: int) -> tuple[Gpu, str, str]:
    """Return the GPU, its MIG mode and the driver's version of one CSV line."""
    uuid, name, memory, capability, mig_mode, display, driver = (part.strip() for part in line.split(","))
    major, minor = capability.split(".")
    shares_ram = memory == NOT_AVAILABLE
    memory_mib = ram_bytes // 2**20 if shares_ram else int(memory)
    gpu = Gpu(name, memory_mib, (int(major), int(minor)), uuid, display == "Enabled", shares_ram)
    return gpu, mig_mode, driver


def _driver_problems(driver: str) -> list[str]:
    major = driver.partition(".")[0]
    if not major.isdigit() or int(major) >= CUDA_MIN_DRIVER:
        return []
    return [
        f"The NVIDIA driver {driver} is older than {CUDA_MIN_DRIVER}, which {CUDA_ENGINE.requirement} needs on most "
        "machines; update the driver if the engine does not start."
    ]


def visible_gpus(gpus: list[Gpu], visible: str | None) -> list[Gpu]:
    """Return the GPUs that CUDA_VISIBLE_DEVICES (`visible`; nvidia-smi does not heed it) leaves to programs.

    As CUDA does, the list ends at the first entry that names no GPU; a UUID may be cut short.
    """
    if visible is None:
        return gpus
    chosen: list[Gpu] = []
    for part in (part.strip() for part in visible.split(",")):
        if part.isdigit():
            found = gpus[int(part) : int(part) + 1]
        else:
            found = [gpu for gpu in gpus if part and gpu.uuid.startswith(part)][:1]
        if not found:
            break
        chosen += found
    return chosen


def recorded(text: str) -> Hardware:
    """Return the hardware of a recording: the output of `nvidia-smi` (`QUERY`, `LIST`) with comment lines.

    The comments `# processors: N`, `# memory_gib: N`, `# vectors: no` and `# avx512: no` tell what nvidia-smi does not;
    without them it is 8 processors, 32 GiB and processors that will do.

    Raises:
        LauncherError: a comment's value is no number.
    """
    found = {match["key"]: match["value"] for match in map(_RECORDED_LINE.match, text.splitlines()) if match}
    try:
        ram_bytes = int(float(found.get("memory_gib", "32")) * 2**30)
        processors = int(found.get("processors", "8"))
    except ValueError as error:
        raise LauncherError(f"the recording's comments hold a value that is no number ({error}); mend them") from error
    gpus, problems = parse_nvidia_smi(text, ram_bytes)
    vectors, is_wide = (found.get(key, "yes") == "yes" for key in ("vectors", "avx512"))
    return Hardware(tuple(gpus), tuple(range(processors)), ram_bytes, vectors, is_wide, tuple(problems))


def _ask_nvidia_smi(program: str, arguments: list[str]) -> str:
    answer = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=NVIDIA_SMI_TIMEOUT_S, check=True
    )
    return answer.stdout


def _query_gpus(ram_bytes: int) -> tuple[list[Gpu], list[str]]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return [], []
    try:
        output = _ask_nvidia_smi(program, QUERY)
        if MIG_ENABLED in output:
            output += _ask_nvidia_smi(program, LIST)
    except (OSError, subprocess.SubprocessError) as error:
        return [], [f"nvidia-smi failed ({error}); the CPU is used. Check the NVIDIA driver if there is a GPU."]
    return parse_nvidia_smi(output, ram_bytes)


def _cpu_has(flag: str) -> bool:
    """Return whether an x86 processor has the instructions `flag` (as /proc/cpuinfo calls them); 64-bit ARM: always."""
    machine = platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        try:
            return f" {flag} " in Path("/proc/cpuinfo").read_text(encoding="utf-8")
        except OSError:
            return False
    return machine in {"aarch64", "arm64"}


def cgroup_limits() -> Iterator[int]:
    """Yield the memory limits, in bytes, of this process's control groups (Linux cgroup v1 and v2)."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    candidates = [Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")]
    for line in lines:
        _number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            candidates.append(Path(f"/sys/fs/cgroup{path}/memory.max"))
        elif "memory" in controllers.split(","):
            candidates.append(Path(f"/sys/fs/cgroup/memory{path}/memory.limit_in_bytes"))
    for candidate in candidates:
        try:
            yield int(candidate.read_text(encoding="ascii"))
        except (OSError, ValueError):  # not there, or "max"
            continue


def _ram_bytes() -> int:
    """Return the memory of the machine, or of the container when that has a limit."""
    return min([psutil.virtual_memory().total, *cgroup_limits()])


def detect() -> Hardware:
    """Return this machine's hardware; never raises."""
    ram_bytes = _ram_bytes()
    gpus, problems = _query_gpus(ram_bytes)
    return Hardware(
        gpus=tuple(visible_gpus(gpus, os.environ.get("CUDA_VISIBLE_DEVICES"))),
        cpus=tuple(sorted(os.sched_getaffinity(0))),
        ram_bytes=ram_bytes,
        cpu_has_vectors=_cpu_has("avx2"),
        cpu_is_wide=_cpu_has("avx512f"),
        problems=tuple(problems),
    )
