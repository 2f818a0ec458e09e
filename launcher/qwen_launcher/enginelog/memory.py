"""Failures for want of memory, and contexts that are too long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qwen_launcher.enginelog.rule import BetterFlag, Rule, rule

if TYPE_CHECKING:
    from qwen_launcher.enginelog.rule import Figures

SPARE_GIB = 0.5
"""Kept free: what the engine prints is rounded, and other programs go on allocating."""
LEAST_UTILIZATION = 0.1
"""Below this share of the memory no useful model fits, so no flag helps."""

SMALLER_MODEL = "serve a smaller model (`qwen-launcher start --model qwen2.5-coder-0.5b`)"
FREE_GPU = "close the other programs that use the GPU (`nvidia-smi` lists them)"
FREE_MEMORY = "close other programs"


def _fitting_context(figures: Figures) -> str | None:
    return None if figures["fits"] == "?" else figures["fits"]


def _fitting_utilization(figures: Figures) -> str | None:
    free, total = float(figures["free"]), float(figures["total"])
    fits = math.floor((free - SPARE_GIB) / total * 100) / 100
    return str(fits) if fits >= LEAST_UTILIZATION else None


def _fitting_kv_space(figures: Figures) -> str | None:
    fits = math.floor(float(figures["free"]) - SPARE_GIB)
    return str(fits) if fits >= 1 else None


def _half_the_sequences(figures: Figures) -> str | None:
    fewer = int(figures["sequences"]) // 2
    return str(fewer) if fewer else None


CONTEXT = BetterFlag("--max-model-len", _fitting_context)
UTILIZATION = BetterFlag("--gpu-memory-utilization", _fitting_utilization)
KV_SPACE = BetterFlag("VLLM_CPU_KVCACHE_SPACE", _fitting_kv_space)
SEQUENCES = BetterFlag("--max-num-seqs", _half_the_sequences)


RULES: tuple[Rule, ...] = (
    # vllm/v1/core/kv_cache_utils.py, _check_enough_kv_cache_memory
    rule(
        "context-exceeds-memory",
        r"To serve at least one request with the model's max seq len \((?P<asked>\d+)\), "
        r"\((?P<needed>[\d.]+) GiB KV cache is needed, "
        r"which is larger than the available KV cache memory \((?P<available>[\d.]+) GiB\)\."
        r"(?: Based on the available memory, the estimated maximum model length is (?P<fits>\d+))?",
        why="a context of {asked} tokens needs {needed} GiB of KV cache and {available} GiB are available",
        remedy=f"give a smaller --max-model-len, or {SMALLER_MODEL}",
        better_flag=CONTEXT,
        flagged_remedy="start with `{flag}`, the longest context that fits",
    ),
    # vllm/config/model.py, _get_and_verify_max_len
    rule(
        "context-exceeds-model",
        r"User-specified max_model_len \((?P<asked>\d+)\) is greater than the derived max_model_len "
        r"\(\w+=(?P<fits>\d+)",
        why="the model was made for {fits} tokens of context and {asked} were asked for",
        remedy="give a smaller --max-model-len",
        better_flag=CONTEXT,
        flagged_remedy="start with `{flag}` or less",
    ),
    # vllm/v1/core/kv_cache_utils.py, _check_enough_kv_cache_memory
    rule(
        "no-memory-for-kv-cache",
        r"No available memory for the cache blocks",
        why="the weights leave no memory for the KV cache",
        remedy=f"{SMALLER_MODEL}, or let the engine use more with --gpu-memory-utilization",
    ),
    # vllm/v1/worker/utils.py, request_memory
    rule(
        "gpu-memory-in-use",
        r"Free memory on device (?:\S+ )?\((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on startup is less "
        r"than desired GPU memory utilization \((?P<asked>[\d.]+), (?P<needed>[\d.]+) GiB\)",
        why="{free} of the GPU's {total} GiB are free and the engine may use {needed} GiB",
        remedy=f"{FREE_GPU}, or {SMALLER_MODEL}",
        better_flag=UTILIZATION,
        flagged_remedy=f"{FREE_GPU}, or start with `{{flag}}`, which fits what is free",
    ),
    # vllm/v1/worker/cpu_worker.py, determine_available_memory
    rule(
        "kv-cache-exceeds-memory",
        r"Available memory on node \S+ \((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on kv cache allocation is less than "
        r"requested memory for kv \((?P<asked>-?[\d.]+)(?:/[\d.]+)? GiB\)",
        why="the KV cache is to take {asked} GiB and {free} of {total} GiB of memory are free",
        remedy=f"{FREE_MEMORY}, or {SMALLER_MODEL}",
        better_flag=KV_SPACE,
        flagged_remedy=f"{FREE_MEMORY}, or start with `{{flag}}` in the environment (GiB)",
    ),
    # vllm/v1/worker/cpu_worker.py, CPUWorker.__init__
    rule(
        "memory-in-use",
        r"Available memory on node \S+ \((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on startup is less than "
        r"desired CPU memory utilization \((?P<asked>[\d.]+), (?P<needed>[\d.]+) GiB\)",
        why="{free} of {total} GiB of memory are free and the engine is to reserve {needed} GiB",
        remedy=f"{FREE_MEMORY}, or {SMALLER_MODEL}",
        better_flag=UTILIZATION,
        flagged_remedy=f"{FREE_MEMORY}, or start with `{{flag}}`, which fits what is free",
    ),
    # vllm/v1/worker/gpu_model_runner.py, _dummy_sampler_run
    rule(
        "gpu-out-of-memory-sampling",
        r"CUDA out of memory occurred when warming up sampler with (?P<sequences>\d+) dummy requests",
        why="the GPU ran out of memory for {sequences} requests at a time",
        remedy=f"{FREE_GPU}, or {SMALLER_MODEL}",
        better_flag=SEQUENCES,
        flagged_remedy="start with `{flag}`",
    ),
    # PyTorch, c10/cuda/CUDACachingAllocator.cpp
    rule(
        "gpu-out-of-memory",
        r"CUDA out of memory\. Tried to allocate (?P<asked>[\d.]+ \w+)\. GPU (?P<gpu>\d+) has a total capacity of "
        r"(?P<total>[\d.]+ \w+) of which (?P<free>[\d.]+ \w+) is free",
        why="GPU {gpu} ran out of memory: {asked} were asked for and {free} of {total} were free",
        remedy=f"{FREE_GPU}, give a smaller --max-model-len, or {SMALLER_MODEL}",
    ),
    # PyTorch and CUDA without figures
    rule(
        "gpu-out-of-memory",
        r"CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED",
        why="the GPU ran out of memory",
        remedy=f"{FREE_GPU}, give a smaller --max-model-len, or {SMALLER_MODEL}",
    ),
    # PyTorch, c10/core/impl/alloc_cpu.cpp
    rule(
        "out-of-memory",
        r"DefaultCPUAllocator: (?:can't allocate memory|not enough memory): you tried to allocate (?P<asked>\d+) bytes",
        why="the system refused the engine {asked} bytes of memory",
        remedy=f"{FREE_MEMORY}, or {SMALLER_MODEL}",
    ),
    rule(
        "out-of-memory",
        r"\[Errno 12\] Cannot allocate memory|std::bad_alloc|^MemoryError|Cannot allocate memory \(os error 12\)",
        why="the system refused the engine memory",
        remedy=f"{FREE_MEMORY}, or {SMALLER_MODEL}",
    ),
)
