"""Which model and which engine flags suit which hardware: pure functions.

GPU memory is divided as vLLM does: 90 % of it may be used; weights and about 1 GiB for activations come off; the rest
holds the KV cache, which bounds the context.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qwen_launcher.catalogue import (
    CATALOGUE,
    CPU_DEFAULT,
    CPU_ENGINE,
    CPU_SMALL,
    CUDA_ENGINE,
    GPU_DEFAULT,
    GPU_SMALL,
    EngineBuild,
    HubModel,
)
from qwen_launcher.errors import UnusableMachineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qwen_launcher.hardware import Gpu, Hardware

AUTO = "auto"
GIB = 2**30
GPU_MEMORY_UTILIZATION = 0.9
GPU_OVERHEAD_GIB = 1.0
CPU_CONTEXT_TOKENS = 16_384
CPU_MAX_SEQUENCES = 16
USEFUL_CONTEXT_TOKENS = 16_384
"""A failure log, the code around its frames and the reply fit in this; less is worth a smaller model."""
CPU_DEFAULT_MIN_RAM_BYTES = 11_000_000_000
"""Measured peak of all the engine's processes: 8.2 GB with 2 GiB of KV cache; system and editor need the rest."""
CPU_SMALL_MIN_RAM_BYTES = 7_000_000_000
"""Measured peak: 6.6 GB with 1 GiB of KV cache. It just fits what is sold as 8 GB."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What to serve and how.

    `max_model_len` is a number of tokens, or `AUTO`: vLLM then takes what fits the memory that is free at the start
    (an estimate that is too high would keep it from starting). `context_estimate` is what that will be about.
    Fields that are None do not apply to the engine. `reason` explains the choice to the user.
    """

    model: str
    engine: EngineBuild
    dtype: str
    max_model_len: int | str
    context_estimate: int
    tensor_parallel_size: int
    reason: str
    gpu_memory_utilization: float | None = None
    quantization: str | None = None
    max_num_seqs: int | None = None
    kv_cache_gib: int | None = None


def parallel_gpus(gpu_count: int, attention_heads: int) -> int:
    """Return the largest power of two that is at most `gpu_count` and divides `attention_heads`."""
    size = 1
    while size * 2 <= gpu_count and attention_heads % (size * 2) == 0:
        size *= 2
    return size


def gpu_context_tokens(gpus: tuple[Gpu, ...], model: HubModel, weights_gib: float) -> int:
    """Return how many tokens of KV cache fit beside the weights; negative when not even those fit."""
    count = parallel_gpus(len(gpus), model.attention_heads)
    smallest_gib = min(gpu.memory_mib for gpu in gpus) / 1024
    free_gib = count * (smallest_gib * GPU_MEMORY_UTILIZATION - GPU_OVERHEAD_GIB) - weights_gib
    return int(free_gib * GIB / model.kv_bytes_per_token)


def _gpu_candidates(capability: tuple[int, int]) -> Iterator[tuple[HubModel, str | None]]:
    """Yield (model, quantization), best first; fp8 weights need compute capability 8.0."""
    for model in (GPU_DEFAULT, GPU_SMALL):
        yield model, None
        if capability >= (8, 0):
            yield model, "fp8"


def gpu_preset(gpus: tuple[Gpu, ...]) -> Preset | None:
    """Return the preset for these GPUs, or None when they can serve no known model."""
    capability = min(gpu.compute_capability for gpu in gpus)
    if capability < (7, 0):
        return None
    for model, quantization in _gpu_candidates(capability):
        tokens = gpu_context_tokens(gpus, model, model.fp8_gib if quantization else model.bf16_gib)
        if tokens < USEFUL_CONTEXT_TOKENS:
            continue
        whole = tokens >= model.context_tokens
        count = parallel_gpus(len(gpus), model.attention_heads)
        return Preset(
            model=model.name,
            engine=CUDA_ENGINE,
            # bfloat16 needs compute capability 8.0 ("Bfloat16 is only supported on GPUs with ...").
            dtype="bfloat16" if capability >= (8, 0) else "float16",
            max_model_len=model.context_tokens if whole else AUTO,
            context_estimate=min(tokens, model.context_tokens),
            tensor_parallel_size=count,
            gpu_memory_utilization=GPU_MEMORY_UTILIZATION,
            quantization=quantization,
            reason=f"{count} x {gpus[0].name}"
            + (", fp8 weights" if quantization else "")
            + ("" if whole else f"; about {tokens} of {model.context_tokens} tokens of context fit its memory"),
        )
    return None


def cpu_preset(hardware: Hardware) -> Preset:
    """Return the preset for serving on the processors.

    Raises:
        UnusableMachineError: too little memory, or processors that the CPU build of vLLM does not support.
    """
    if not hardware.cpu_has_vectors:
        raise UnusableMachineError(
            "these processors cannot run the CPU build of vLLM (64-bit x86 with AVX2, or 64-bit ARM, is needed); "
            "set qwen-lsp's backend.baseUrl to a vLLM on another machine"
        )
    if hardware.ram_bytes < CPU_SMALL_MIN_RAM_BYTES:
        raise UnusableMachineError(
            f"this machine has {hardware.ram_bytes / 1e9:.1f} GB of memory and the smallest model needs "
            f"{CPU_SMALL_MIN_RAM_BYTES / 1e9:.0f} GB; set qwen-lsp's backend.baseUrl to a vLLM on another machine"
        )
    small = hardware.ram_bytes < CPU_DEFAULT_MIN_RAM_BYTES
    return Preset(
        model=CPU_SMALL if small else CPU_DEFAULT,
        engine=CPU_ENGINE,
        dtype="bfloat16",
        max_model_len=CPU_CONTEXT_TOKENS,
        context_estimate=CPU_CONTEXT_TOKENS,
        tensor_parallel_size=1,
        max_num_seqs=CPU_MAX_SEQUENCES,
        kv_cache_gib=1 if small else 2,
        reason=f"no usable GPU, {hardware.ram_bytes / 1e9:.0f} GB of memory",
    )


def choose(hardware: Hardware, model: str | None = None) -> Preset:
    """Return the preset for `hardware`; `model` (catalogue name, hub id or folder) replaces the preset's own.

    Raises:
        UnusableMachineError: no model can be served here.
    """
    preset = (gpu_preset(hardware.gpus) if hardware.gpus else None) or cpu_preset(hardware)
    if model is None or model == preset.model:
        return preset
    chosen = replace(preset, model=model, quantization=None, reason=f"{preset.reason}; model chosen by the user")
    if chosen.engine is CUDA_ENGINE:
        heads = CATALOGUE[model].attention_heads if model in CATALOGUE else GPU_DEFAULT.attention_heads
        count = parallel_gpus(len(hardware.gpus), heads)
        return replace(chosen, max_model_len=AUTO, tensor_parallel_size=count)
    return chosen
