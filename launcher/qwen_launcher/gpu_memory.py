"""How the memory of GPUs is divided between weights, KV cache and the rest: pure functions.

As vLLM does it: a fraction of each GPU's memory may be used; weights, activations and fixed costs come off; what is
left holds the KV cache, which bounds the context. Estimates; vLLM measures the real figures when it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qwen_launcher.catalogue import HubModel, Variant
    from qwen_launcher.hardware import Gpu

GIB = 2**30
MEMORY_FRACTION = 0.9
DISPLAY_GIB = 1.25
"""Left to desktop, browser and editor on a GPU that drives a display; vLLM refuses to start when they hold more."""
SHARED_MEMORY_FRACTION = 0.6
"""Of memory that GPU and processors share: system, editor and file cache live in the rest."""
FIXED_GIB = 0.85
"""CUDA context, kernels, captured graphs."""
PARALLEL_GIB = 0.5
"""Buffers for the exchange between GPUs, on each."""
LARGE_BATCH_TOKENS, SMALL_BATCH_TOKENS = 8192, 2048
LARGE_BATCH_MIN_CONTEXT_TOKENS = 65_536
"""A large batch is worth its memory when this much context is left."""


@dataclass(frozen=True, slots=True)
class MemoryDivision:
    """Where memory goes, in GiB: that of each GPU, or the machine's when the processors serve."""

    total_gib: float
    weights_gib: float
    kv_cache_gib: float
    overhead_gib: float

    @property
    def free_gib(self) -> float:
        """What other programs may use."""
        return self.total_gib - self.weights_gib - self.kv_cache_gib - self.overhead_gib


@dataclass(frozen=True, slots=True)
class Fit:
    """A variant of a model on the first `parallel` of `gpus`, which are alike.

    `kv_tokens` is how many tokens the KV cache holds; the context can be no longer.
    """

    gpus: tuple[Gpu, ...]
    model: HubModel
    variant: Variant
    parallel: int
    batch_tokens: int
    fraction: float
    division: MemoryDivision
    kv_tokens: int

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and reply that fit, at most what the model can."""
        return min(self.kv_tokens, self.model.context_tokens)

    @property
    def is_whole(self) -> bool:
        """Whether all of the model's context fits."""
        return self.kv_tokens >= self.model.context_tokens


def alike(gpus: Iterable[Gpu]) -> list[tuple[Gpu, ...]]:
    """Return the GPUs in groups of the same kind, those without a display first.

    A MIG instance is alone, for instances cannot be joined.
    """
    groups: dict[tuple[str, tuple[int, int], str], list[Gpu]] = {}
    for gpu in sorted(gpus, key=lambda gpu: gpu.drives_display):
        groups.setdefault((gpu.name, gpu.compute_capability, gpu.uuid if gpu.is_instance else ""), []).append(gpu)
    return [tuple(group) for group in groups.values()]


def memory_fraction(gpu: Gpu) -> float:
    """Return vLLM's `--gpu-memory-utilization` for `gpu`, in whole percents."""
    if gpu.shares_ram:
        return SHARED_MEMORY_FRACTION
    if gpu.drives_display:
        return min(MEMORY_FRACTION, int((1 - DISPLAY_GIB / gpu.memory_gib) * 100) / 100)
    return MEMORY_FRACTION


def parallel_sizes(gpu_count: int, attention_heads: int) -> list[int]:
    """Return the powers of two up to `gpu_count` that divide `attention_heads`, ascending."""
    sizes = [1]
    while sizes[-1] * 2 <= gpu_count and attention_heads % (sizes[-1] * 2) == 0:
        sizes.append(sizes[-1] * 2)
    return sizes


def fit(gpus: tuple[Gpu, ...], model: HubModel, variant: Variant, parallel: int, batch_tokens: int) -> Fit:
    """Return how `variant` lies on the first `parallel` of `gpus`; `kv_tokens` is 0 when nothing is left for them."""
    used = gpus[:parallel]
    total_gib = min(gpu.memory_gib for gpu in used)
    fraction = min(memory_fraction(gpu) for gpu in used)
    weights_gib = variant.weight_bytes / parallel / GIB
    overhead_gib = FIXED_GIB + batch_tokens * model.activation_bytes_per_token / GIB
    if parallel > 1:
        overhead_gib += PARALLEL_GIB
    kv_gib = max(0.0, total_gib * fraction - weights_gib - overhead_gib)
    # Beyond one KV head for each GPU, heads are copied instead of divided.
    kv_bytes = model.kv_bytes_per_token / min(parallel, model.kv_heads)
    division = MemoryDivision(total_gib, weights_gib, kv_gib, overhead_gib)
    return Fit(gpus, model, variant, parallel, batch_tokens, fraction, division, int(kv_gib * GIB / kv_bytes))


def best_fit(gpus: tuple[Gpu, ...], model: HubModel, variant: Variant) -> Fit:
    """Return the fit on the fewest GPUs that hold the whole context; on as many as can be used if none does."""
    fits = []
    for parallel in parallel_sizes(len(gpus), model.attention_heads):
        large = fit(gpus, model, variant, parallel, LARGE_BATCH_TOKENS)
        enough = large.is_whole or large.kv_tokens >= LARGE_BATCH_MIN_CONTEXT_TOKENS
        fits.append(large if enough else fit(gpus, model, variant, parallel, SMALL_BATCH_TOKENS))
    return next((one for one in fits if one.is_whole), fits[-1])
