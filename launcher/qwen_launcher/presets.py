"""Which model and which engine flags suit which hardware, and why: pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qwen_launcher import reasons
from qwen_launcher.catalogue import (
    CATALOGUE,
    CPU_DEFAULT,
    CPU_DEFAULT_WIDENED,
    CPU_ENGINE,
    CPU_SMALL,
    CUDA_ENGINE,
    CUDA_MIN_CAPABILITY,
    GPU_DEFAULT,
    HUB_MODELS,
    EngineBuild,
    HubModel,
    Variant,
)
from qwen_launcher.errors import UnusableMachineError
from qwen_launcher.gpu_memory import GIB, Fit, MemoryDivision, alike, best_fit, memory_fraction, parallel_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qwen_launcher.hardware import Gpu, Hardware

AUTO = "auto"
BF16_MIN_CAPABILITY = (8, 0)
"""Also of FP8 weights: below it, neither has been tried with these models."""
USEFUL_CONTEXT_TOKENS = 10_240
"""A condensed failure, the code around its frames and the longest reply (3,000 tokens) fit in this."""
COMFORTABLE_CONTEXT_TOKENS = 32_768
"""FP8 weights are taken where bf16 weights leave less."""
TOKENS_PER_SEQUENCE = 2_048
"""Of KV cache: answers drawn for one prompt share its blocks, so each needs little more than its own reply."""
MIN_SEQUENCES, MAX_SEQUENCES = 8, 256
CPU_CONTEXT_TOKENS, CPU_LARGE_CONTEXT_TOKENS = 16_384, 32_768
CPU_LARGE_MIN_PROCESSORS, CPU_LARGE_MIN_RAM_BYTES = 8, 16_000_000_000
"""With fewer processors a prompt beyond 16,384 tokens takes minutes to read; 32,768 is the models' own limit."""
CPU_SEQUENCES, CPU_LARGE_SEQUENCES = 16, 32
CPU_BATCH_TOKENS = 2_048
CPU_OVERHEAD_GIB = 4.0
"""Measured peaks of all the engine's processes, less weights and KV cache: 4.0 GiB with 1.5B, 4.2 with 0.5B."""
CPU_DEFAULT_MIN_RAM_BYTES = 11_000_000_000
"""Measured peak of all the engine's processes: 8.2 GB with 2 GiB of KV cache; system and editor need the rest."""
CPU_SMALL_MIN_RAM_BYTES = 7_000_000_000
"""Measured peak: 6.6 GB with 1 GiB of KV cache. It just fits what is sold as 8 GB."""
CPU_WIDENED_MIN_RAM_BYTES = 15_500_000_000
"""For 1.5B in 32 bits; measured peak: 12.6 GB with 2 GiB of KV cache."""
ELSEWHERE = "set qwen-lsp's backend.baseUrl to a vLLM on another machine"


@dataclass(frozen=True, slots=True)
class Preset:
    """What to serve and how.

    `max_model_len` is a number of tokens, or `AUTO`: vLLM then takes what fits the memory that is free at the start
    (an estimate that is too high would keep it from starting). `context_estimate` is what that will be about.
    `devices` are the UUIDs of the GPUs to use; empty: all. Fields that are None do not apply to the engine, or are not
    known. `reason` explains the choice in a line, `reasoning` in sentences.
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
    max_num_batched_tokens: int | None = None
    kv_cache_gib: int | None = None
    devices: tuple[str, ...] = ()
    variant: Variant | None = None
    memory: MemoryDivision | None = None
    reasoning: tuple[str, ...] = ()

    @property
    def weights(self) -> str | None:
        """What the weights are on disk: bf16, fp16, FP8 or int8; None if it is not known."""
        if self.variant is not None:
            return _weights(self.variant, self.dtype)
        return CATALOGUE[self.model].output_format if self.model in CATALOGUE else None


def _weights(variant: Variant, dtype: str) -> str:
    return variant.label if dtype == "bfloat16" else "fp16"


def usable_gpus(gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Return the GPUs that the CUDA build of vLLM runs on."""
    return tuple(gpu for gpu in gpus if gpu.compute_capability >= CUDA_MIN_CAPABILITY)


def _variants(model: HubModel, gpu: Gpu, name: str | None) -> list[Variant]:
    """Return the variants that `gpu` can compute with; only those called `name` if that is given."""
    able = gpu.compute_capability >= BF16_MIN_CAPABILITY
    return [one for one in model.variants if (able or not one.is_fp8) and name in {None, one.source}]


def _pick(fits: Sequence[Fit]) -> Fit | None:
    """Return the most exact fit with a comfortable context, else the one with the most if that is useful."""
    for one in fits:
        if one.context_tokens >= COMFORTABLE_CONTEXT_TOKENS:
            return one
    best = max(fits, key=lambda one: one.kv_tokens, default=None)
    return best if best is not None and best.kv_tokens >= USEFUL_CONTEXT_TOKENS else None


def _sequences(kv_tokens: int) -> int:
    """Return the power of two of sequences that the KV cache holds with `TOKENS_PER_SEQUENCE` each."""
    size = MIN_SEQUENCES
    while size * 2 <= min(MAX_SEQUENCES, kv_tokens // TOKENS_PER_SEQUENCE):
        size *= 2
    return size


def _dtype(gpu: Gpu) -> str:
    # "Bfloat16 is only supported on GPUs with compute capability of at least 8.0".
    return "bfloat16" if gpu.compute_capability >= BF16_MIN_CAPABILITY else "float16"


def gpu_preset(gpus: Sequence[Gpu], name: str | None = None) -> Preset | None:
    """Return the preset for these GPUs, or None when they can serve no known model (only `name`, if that is given)."""
    tried: list[Fit] = []
    for model in HUB_MODELS:
        chosen: list[Fit] = []
        for group in alike(usable_gpus(gpus)):
            fits = [best_fit(group, model, variant) for variant in _variants(model, group[0], name)]
            tried += fits
            picked = _pick(fits)
            if picked is not None:
                chosen.append(picked)
        if chosen:
            best = max(chosen, key=lambda one: (one.context_tokens, -one.parallel, one.gpus[0].compute_capability))
            return _preset_of(best, gpus, [one for one in tried if one.gpus == best.gpus and one is not best])
    return None


def _preset_of(best: Fit, gpus: Sequence[Gpu], others: Sequence[Fit]) -> Preset:
    used = best.gpus[: best.parallel]
    sequences = _sequences(best.kv_tokens)
    devices = tuple(gpu.uuid for gpu in used)
    dtype = _dtype(used[0])
    part = "" if best.is_whole else f"; about {best.kv_tokens} of {best.model.context_tokens} tokens of context fit"
    return Preset(
        model=best.variant.source,
        engine=CUDA_ENGINE,
        dtype=dtype,
        max_model_len=best.model.context_tokens if best.is_whole else AUTO,
        context_estimate=best.context_tokens,
        tensor_parallel_size=best.parallel,
        reason=f"{best.parallel} x {used[0].name}, {_weights(best.variant, dtype)} weights{part}",
        gpu_memory_utilization=best.fraction,
        quantization=best.variant.quantization,
        max_num_seqs=sequences,
        max_num_batched_tokens=best.batch_tokens,
        devices=devices if all(devices) else (),
        variant=best.variant,
        memory=best.division,
        reasoning=(
            *reasons.left_out(gpus, best),
            *reasons.model(best, others),
            reasons.dtype(used[0], best.variant),
            reasons.context(best),
            reasons.memory(best),
            *reasons.parallel(best),
            reasons.batches(best, sequences),
            reasons.SPECULATION,
            reasons.KV_PRECISION,
        ),
    )


def unknown_model_preset(gpus: Sequence[Gpu], name: str) -> Preset:
    """Return the preset for a model whose size on a GPU is not known: all GPUs of the kind with the most memory.

    Catalogue models are small enough for one.
    """
    group = max(alike(usable_gpus(gpus)), key=lambda group: sum(gpu.memory_mib for gpu in group))
    parallel = 1 if name in CATALOGUE else parallel_sizes(len(group), GPU_DEFAULT.attention_heads)[-1]
    devices = tuple(gpu.uuid for gpu in group[:parallel])
    return Preset(
        model=name,
        engine=CUDA_ENGINE,
        dtype=_dtype(group[0]),
        max_model_len=AUTO,
        context_estimate=CPU_CONTEXT_TOKENS,
        tensor_parallel_size=parallel,
        reason=f"{parallel} x {group[0].name}; model chosen by the user",
        gpu_memory_utilization=min(memory_fraction(gpu) for gpu in group),
        devices=devices if all(devices) else (),
        reasoning=(reasons.unknown_model(name, parallel), reasons.dtype(group[0], None), reasons.SPECULATION),
    )


def cpu_preset(hardware: Hardware) -> Preset:
    """Return the preset for serving on the processors.

    Raises:
        UnusableMachineError: too little memory, or processors that the CPU build of vLLM does not support.
    """
    no_gpu = reasons.no_gpu(hardware.gpus)
    if not hardware.cpu_has_vectors:
        raise UnusableMachineError(
            f"{no_gpu} These processors cannot run the CPU build of vLLM (64-bit x86 with AVX2, or 64-bit ARM, is "
            f"needed); {ELSEWHERE}"
        )
    ram_gb, processors = hardware.ram_bytes / 1e9, len(hardware.cpus)
    if hardware.ram_bytes < CPU_SMALL_MIN_RAM_BYTES:
        raise UnusableMachineError(
            f"{no_gpu} This machine has {ram_gb:.1f} GB of memory and the smallest model needs "
            f"{CPU_SMALL_MIN_RAM_BYTES / 1e9:.0f} GB; {ELSEWHERE}"
        )
    width, dtype, default, default_min_bytes = 1, "bfloat16", CPU_DEFAULT, CPU_DEFAULT_MIN_RAM_BYTES
    if not hardware.cpu_is_wide:
        # Of oneDNN's kernels only those for 32 bits are fast there: int8 and bf16 run several times slower.
        width, dtype, default, default_min_bytes = 2, "float32", CPU_DEFAULT_WIDENED, CPU_WIDENED_MIN_RAM_BYTES
    small = hardware.ram_bytes < default_min_bytes
    large = processors >= CPU_LARGE_MIN_PROCESSORS and hardware.ram_bytes >= width * CPU_LARGE_MIN_RAM_BYTES
    model = CATALOGUE[CPU_SMALL if small else default]
    context = CPU_LARGE_CONTEXT_TOKENS if large else CPU_CONTEXT_TOKENS
    sequences = CPU_LARGE_SEQUENCES if large else CPU_SEQUENCES
    kv_gib = 1 if small else 4 if large else 2
    return Preset(
        model=model.name,
        engine=CPU_ENGINE,
        dtype=dtype,
        max_model_len=context,
        context_estimate=context,
        tensor_parallel_size=1,
        max_num_seqs=sequences,
        max_num_batched_tokens=CPU_BATCH_TOKENS,
        kv_cache_gib=kv_gib,
        reason=f"no usable GPU, {ram_gb:.0f} GB of memory",
        memory=MemoryDivision(hardware.ram_bytes / GIB, width * model.output_bytes / GIB, kv_gib, CPU_OVERHEAD_GIB),
        reasoning=(
            no_gpu,
            reasons.cpu_model(model, ram_gb, default_min_bytes / 1e9, is_wide=hardware.cpu_is_wide),
            reasons.cpu_context(context, large, processors, kv_gib, width * model.kv_bytes_per_token),
            reasons.cpu_batches(sequences, CPU_BATCH_TOKENS),
            reasons.CPU_SPECULATION,
        ),
    )


def choose(hardware: Hardware, model: str | None = None) -> Preset:
    """Return the preset for `hardware`; `model` (catalogue name, hub id or folder) replaces the preset's own.

    Raises:
        UnusableMachineError: no model can be served here, or not the one that was asked for.
    """
    preset = gpu_preset(hardware.gpus)
    if preset is None:
        preset = cpu_preset(hardware)
        return preset if model in {None, preset.model} else _other_model_on_cpu(preset, str(model), hardware)
    if model in {None, preset.model}:
        return preset
    if all(variant.source != model for one in HUB_MODELS for variant in one.variants):
        return unknown_model_preset(hardware.gpus, str(model))
    named = gpu_preset(hardware.gpus, model)
    if named is None:
        raise UnusableMachineError(
            f"{model} leaves less than {USEFUL_CONTEXT_TOKENS:,} tokens of context on the GPUs of this machine; leave "
            f"out --model to get {preset.model}, which fits"
        )
    return named


def _other_model_on_cpu(preset: Preset, name: str, hardware: Hardware) -> Preset:
    """Return `preset` with the model `name`; where its size is known, the KV cache holds a request of full length."""
    chosen = replace(
        preset,
        model=name,
        reason=f"{preset.reason}; model chosen by the user",
        memory=None,
        reasoning=(preset.reasoning[0], reasons.cpu_other_model(name), *preset.reasoning[3:]),
    )
    for model in HUB_MODELS:
        for variant in model.variants:
            if variant.source == name:
                kv_gib = max(preset.kv_cache_gib or 0, -(-model.kv_bytes_per_token * preset.context_estimate // GIB))
                weights_gib = variant.weight_bytes / GIB
                division = MemoryDivision(hardware.ram_bytes / GIB, weights_gib, kv_gib, CPU_OVERHEAD_GIB)
                if division.free_gib < 0:
                    raise UnusableMachineError(
                        f"{name} needs about {division.total_gib - division.free_gib:.0f} GiB of memory and this "
                        f"machine has {division.total_gib:.0f} GiB; leave out --model to get one that fits"
                    )
                return replace(chosen, kv_cache_gib=kv_gib, variant=variant, memory=division)
    return chosen
