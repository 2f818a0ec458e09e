"""What is served on which machine."""

from __future__ import annotations

import pytest

from qwen_launcher.catalogue import CPU_ENGINE, CUDA_ENGINE
from qwen_launcher.errors import UnusableMachineError
from qwen_launcher.hardware import Gpu, Hardware, parse_nvidia_smi, visible_gpus
from qwen_launcher.presets import choose, parallel_gpus

QWEN3, CODER = "Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen2.5-Coder-1.5B-Instruct"
GB = 1_000_000_000


def machine(
    *gpu_gib: float, capability: tuple[int, int] = (8, 9), ram_gb: float = 32, vectors: bool = True
) -> Hardware:
    """Return a machine with GPUs of these sizes."""
    gpus = tuple(Gpu("Card", int(gib * 1024), capability) for gib in gpu_gib)
    return Hardware(gpus, (0, 1), int(ram_gb * GB), vectors)


@pytest.mark.parametrize(
    ("hardware", "model", "context", "dtype", "quantization", "parallel"),
    [
        pytest.param(machine(80), QWEN3, 262_144, "bfloat16", None, 1, id="all of the context fits"),
        pytest.param(machine(24), QWEN3, "auto", "bfloat16", None, 1, id="part of the context fits"),
        pytest.param(machine(12), QWEN3, "auto", "bfloat16", None, 1, id="just enough for bf16"),
        pytest.param(machine(10), QWEN3, "auto", "bfloat16", "fp8", 1, id="fp8 weights make room"),
        pytest.param(machine(6), CODER, 32_768, "bfloat16", None, 1, id="a smaller model"),
        pytest.param(machine(8, capability=(7, 5)), CODER, 32_768, "float16", None, 1, id="old: float16 and no fp8"),
        pytest.param(machine(24, 24, 24), QWEN3, "auto", "bfloat16", None, 2, id="three cards: two are used"),
        pytest.param(machine(24, 24, 24, 24), QWEN3, 262_144, "bfloat16", None, 4, id="four cards"),
    ],
)
def test_gpu(hardware, model, context, dtype, quantization, parallel):
    """A GPU gets the best model whose weights and a useful context fit its memory."""
    preset = choose(hardware)
    assert preset.engine is CUDA_ENGINE
    assert (preset.model, preset.max_model_len, preset.dtype) == (model, context, dtype)
    assert (preset.quantization, preset.tensor_parallel_size) == (quantization, parallel)
    assert preset.gpu_memory_utilization == 0.9


@pytest.mark.parametrize(("memory_gib", "expected"), [(24, 97_000), (16, 43_000), (12, 17_000)])
def test_context_estimate(memory_gib, expected):
    """The context that fits beside Qwen3-4B is foretold within a tenth."""
    assert choose(machine(memory_gib)).context_estimate == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(
    ("hardware", "model", "kv_gib"),
    [
        pytest.param(machine(), "qwen2.5-coder-1.5b", 2, id="no GPU"),
        pytest.param(machine(ram_gb=8), "qwen2.5-coder-0.5b", 1, id="little memory"),
        pytest.param(machine(2), "qwen2.5-coder-1.5b", 2, id="the GPU is too small"),
        pytest.param(machine(24, capability=(6, 1)), "qwen2.5-coder-1.5b", 2, id="the GPU is too old for vLLM"),
    ],
)
def test_cpu(hardware, model, kv_gib):
    """Without a usable GPU a catalogue model is served by the CPU build, with memory for the KV cache set."""
    preset = choose(hardware)
    assert (preset.engine, preset.model, preset.kv_cache_gib) == (CPU_ENGINE, model, kv_gib)
    assert preset.max_model_len == 16_384


@pytest.mark.parametrize("hardware", [machine(ram_gb=6), machine(vectors=False)])
def test_unusable_machine(hardware):
    """A machine that can serve nothing is told what to do instead."""
    with pytest.raises(UnusableMachineError, match=r"backend\.baseUrl"):
        choose(hardware)


def test_chosen_model_keeps_the_rest():
    """A model named by the user replaces the preset's own; on a GPU vLLM then fits the context itself."""
    preset = choose(machine(80), "some/model")
    assert (preset.model, preset.max_model_len, preset.engine) == ("some/model", "auto", CUDA_ENGINE)


@pytest.mark.parametrize(
    ("count", "heads", "size"), [(1, 32, 1), (3, 32, 2), (8, 32, 8), (6, 32, 4), (8, 12, 4), (4, 14, 2)]
)
def test_parallel_gpus(count, heads, size):
    """Attention heads are split evenly over a power of two of GPUs."""
    assert parallel_gpus(count, heads) == size


def test_nvidia_smi_output():
    """Each readable line is a GPU; an unreadable one is reported and left out."""
    gpus, problems = parse_nvidia_smi("NVIDIA H100 80GB HBM3, 81559, 9.0\nNVIDIA GB10, [N/A], 12.1\n")
    assert gpus == [Gpu("NVIDIA H100 80GB HBM3", 81559, (9, 0))]
    assert len(problems) == 1
    assert "GB10" in problems[0]


@pytest.mark.parametrize(
    ("visible", "names"),
    [(None, "abc"), ("", ""), ("-1", ""), ("2,0", "ca"), ("7", ""), ("GPU-1a2b,GPU-3c4d", "ab")],
)
def test_visible_gpus(visible, names):
    """CUDA_VISIBLE_DEVICES hides GPUs that nvidia-smi still lists."""
    gpus = [Gpu(name, 1024, (8, 0)) for name in "abc"]
    assert "".join(gpu.name for gpu in visible_gpus(gpus, visible)) == names
