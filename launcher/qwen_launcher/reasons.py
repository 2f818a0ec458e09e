"""The sentences that explain a preset to the user: pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qwen_launcher.catalogue import CUDA_MIN_CAPABILITY
from qwen_launcher.gpu_memory import DISPLAY_GIB, LARGE_BATCH_TOKENS, MEMORY_FRACTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qwen_launcher.catalogue import CatalogueModel, Variant
    from qwen_launcher.gpu_memory import Fit
    from qwen_launcher.hardware import Gpu

SPECULATION = (
    "Speculation is off: guessing tokens ahead has not been proved clean on a GPU with greedy and sampled requests in "
    "one batch, which is how fixes are drawn."
)
CPU_SPECULATION = (
    "Speculation is off: with vLLM's CPU build, replies turn into garbage as soon as greedy and sampled requests share "
    "a batch (measured with 0.32), and it gained little."
)
KV_PRECISION = (
    "The KV cache is kept in 16 bits: 8 bits would hold twice the context, but without scales measured for this model "
    "they cost exactness."
)
FP8_ARITHMETIC_CAPABILITY = (8, 9)


def left_out(gpus: Sequence[Gpu], best: Fit) -> Iterator[str]:
    """Yield why GPUs of this machine are not used."""
    for gpu in gpus:
        if gpu.compute_capability < CUDA_MIN_CAPABILITY:
            yield _too_old(gpu)
    others = {gpu.name for gpu in gpus if gpu not in best.gpus and gpu.compute_capability >= CUDA_MIN_CAPABILITY}
    if others and best.gpus[0].is_instance:
        yield f"Of the MIG instances one is used, {best.gpus[0].name}: instances cannot be joined."
    elif others:
        yield (
            f"Not used: {', '.join(sorted(others))}. GPUs of different kinds are not combined, for the smallest and "
            f"slowest would set the pace, and {best.gpus[0].name} gives the most context."
        )


def no_gpu(gpus: Sequence[Gpu]) -> str:
    """Return why the processors serve."""
    if not gpus:
        return "There is no NVIDIA GPU that can be used."
    reasons = [
        _too_old(gpu)
        if gpu.compute_capability < CUDA_MIN_CAPABILITY
        else f"{gpu.name} with {gpu.memory_gib:.0f} GiB is too small for any of the models."
        for gpu in dict.fromkeys(gpus)
    ]
    return " ".join(dict.fromkeys(reasons))


def _too_old(gpu: Gpu) -> str:
    has, needed = (".".join(map(str, capability)) for capability in (gpu.compute_capability, CUDA_MIN_CAPABILITY))
    return f"{gpu.name} is too old: its compute capability is {has}, and vLLM needs {needed}."


def model(best: Fit, others: Sequence[Fit]) -> Iterator[str]:
    """Yield why this model and this form of its weights; `others` are those that were tried on the same GPUs."""
    refused = [one for one in others if one.model is not best.model]
    if refused:
        nearest = max(refused, key=lambda one: one.kv_tokens)
        yield (
            f"{nearest.model.title} does not fit: in {nearest.variant.label} it would leave room for "
            f"{nearest.kv_tokens:,} tokens of context."
        )
    roomier = [one for one in others if one.model is best.model and one.kv_tokens < best.kv_tokens]
    if best.variant.is_fp8 and roomier:
        yield (
            f"{best.model.title} with FP8 weights: in bf16 they would leave room for {roomier[0].kv_tokens:,} tokens "
            f"of context, in FP8 for {best.kv_tokens:,}."
        )
    elif best.variant.is_fp8:
        yield f"{best.model.title} with FP8 weights, as asked for."
    else:
        yield f"{best.model.title} in its full precision of 16 bits: it leaves a comfortable context."


def dtype(gpu: Gpu, variant: Variant | None) -> str:
    """Return why numbers are computed in this type."""
    has = ".".join(map(str, gpu.compute_capability))
    if gpu.compute_capability < (8, 0):
        return f"float16 and no FP8 weights: compute capability {has} has no bfloat16."
    if variant is not None and variant.is_fp8 and gpu.compute_capability < FP8_ARITHMETIC_CAPABILITY:
        return f"bfloat16: compute capability {has} has no FP8 arithmetic, so FP8 weights are widened to it to compute."
    return f"bfloat16, the type that the model was trained in; compute capability {has} has it."


def context(best: Fit) -> str:
    """Return where the context's length comes from."""
    per_token = best.model.kv_bytes_per_token // 1024
    if best.is_whole:
        return (
            f"All of the model's {best.model.context_tokens:,} tokens of context fit ({per_token} KiB of KV cache "
            f"each); the cache holds {best.kv_tokens / best.model.context_tokens:.1f} times that."
        )
    return (
        f"About {best.kv_tokens:,} of the model's {best.model.context_tokens:,} tokens of context fit ({per_token} KiB "
        "of KV cache each); vLLM sets the exact length when it starts (`--max-model-len auto`)."
    )


def memory(best: Fit) -> str:
    """Return why this share of the memory is taken."""
    percent = f"{best.fraction:.0%} of the memory"
    if best.gpus[0].shares_ram:
        return f"{percent} is taken: the GPU shares it with the processors, and system and editor live in the rest."
    if best.fraction < MEMORY_FRACTION:
        return f"{percent} is taken: the GPU drives a display, for which {DISPLAY_GIB} GiB are left."
    return f"{percent} is taken, vLLM's usual share; the rest is for the driver and other programs."


def parallel(best: Fit) -> Iterator[str]:
    """Yield how many GPUs share the work, where there are several."""
    count = len(best.gpus)
    if count == 1:
        return
    if best.parallel > 1:
        yield f"{best.parallel} GPUs hold the model together (tensor parallel): fewer would hold less context."
    if best.parallel < count:
        free = count - best.parallel
        if best.is_whole:
            yield (
                f"{free} of {count} GPUs stay free for other work: the whole context fits without them. For a team, "
                "`vllm serve --data-parallel-size` uses them all (docs/backends.md)."
            )
        else:
            yield f"{free} of {count} GPUs stay free: attention heads are divided over a power of two of GPUs."


def batches(best: Fit, sequences: int) -> str:
    """Return why these batch limits."""
    large = best.batch_tokens == LARGE_BATCH_TOKENS
    step = (
        "so that a long prompt is read in few steps"
        if large
        else "for a larger step would take its memory from the context"
    )
    return (
        f"At most {sequences} sequences at once, about what the KV cache holds at 2,048 tokens each (answers to one "
        f"prompt share its cache), and {best.batch_tokens:,} tokens in one step, {step}."
    )


def unknown_model(name: str, parallel: int) -> str:
    """Return what is not known about a model that the user named."""
    over = f" and {parallel} GPUs share it, if its attention heads can be divided so" if parallel > 1 else ""
    return f"{name} was asked for; its size is not known here, so vLLM fits the context itself when it starts{over}."


def cpu_model(model: CatalogueModel, ram_gb: float, default_min_gb: float, *, is_wide: bool) -> str:
    """Return why this model on the processors; `is_wide` as in `Hardware.cpu_is_wide`."""
    computed = "" if is_wide else ", computed in 32 bits (without AVX-512 that is faster than int8)"
    if ram_gb < default_min_gb:
        least = f"{default_min_gb:.0f} GB"
        return f"{model.title}{computed}: {ram_gb:.0f} GB of memory are too little for 1.5B, which needs {least}."
    speed = "14 tokens a second on two cores with" if is_wide else "2 tokens a second on two cores without"
    return (
        f"{model.title}{computed}: {ram_gb:.0f} GB of memory are enough ({default_min_gb:.0f} GB are needed). Larger "
        f"models would answer too slowly: this one writes about {speed} AVX-512 (measured)."
    )


def cpu_other_model(name: str) -> str:
    """Return what a model that the user named means on the processors."""
    return f"{name} was asked for; whether it answers in bearable time on the processors is not known."


def cpu_context(context_tokens: int, is_whole: bool, processors: int, kv_gib: int, kv_bytes_per_token: int) -> str:
    """Return where the context's length comes from."""
    why = "all that the model can" if is_whole else f"for {processors} processors read a longer prompt too slowly"
    holds = kv_gib * 2**30 // kv_bytes_per_token
    return (
        f"{context_tokens:,} tokens of context, {why}; the KV cache of {kv_gib} GiB holds {holds:,} tokens "
        f"({kv_bytes_per_token // 1024} KiB each)."
    )


def cpu_batches(sequences: int, batch_tokens: int) -> str:
    """Return why these batch limits."""
    return (
        f"At most {sequences} sequences at once: more would each write too slowly; {batch_tokens:,} tokens in a step, "
        "so that reading a long prompt does not hold up other answers for long."
    )
