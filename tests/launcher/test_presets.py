"""What is served on which machine.

No test machine has a GPU: the files of `tests/data/hardware` are composed in the documented output format of nvidia-smi
(`nvidia-smi --help-query-gpu`, NVIDIA's MIG user guide), with the memory and capability that such boards report.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from qwen_launcher.catalogue import CPU_ENGINE, CUDA_ENGINE, GPU_DEFAULT, GPU_SMALL
from qwen_launcher.command import LaunchConfig, build_command, build_variables
from qwen_launcher.errors import LauncherError, UnusableMachineError
from qwen_launcher.gpu_memory import fit, parallel_sizes
from qwen_launcher.hardware import Gpu, Hardware, parse_nvidia_smi, recorded, visible_gpus
from qwen_launcher.presets import choose

QWEN3, QWEN3_FP8 = "Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B-Instruct-2507-FP8"
CODER = "Qwen/Qwen2.5-Coder-1.5B-Instruct"
BF16, FP8 = GPU_DEFAULT.variants
RECORDINGS = Path(__file__).parents[1] / "data" / "hardware"
RAM_BYTES = 32 * 2**30


def recording(name: str) -> Hardware:
    """Return the recorded hardware called `name`."""
    return recorded((RECORDINGS / f"{name}.txt").read_text(encoding="utf-8"))


def machine(
    *gpu_gib: float, capability: tuple[int, int] = (8, 9), ram_gb: float = 32, vectors: bool = True, processors: int = 2
) -> Hardware:
    """Return a machine with GPUs of these sizes."""
    gpus = tuple(Gpu("Card", int(gib * 1024), capability, f"GPU-{index}") for index, gib in enumerate(gpu_gib))
    return Hardware(gpus, tuple(range(processors)), int(ram_gb * 1e9), vectors)


@pytest.mark.parametrize(
    ("name", "model", "dtype", "parallel", "whole"),
    [
        ("gpu-06-rtx-2060", CODER, "float16", 1, True),
        ("gpu-08-rtx-2070", CODER, "float16", 1, True),
        ("gpu-08-rtx-4060", QWEN3_FP8, "bfloat16", 1, False),
        ("gpu-08-rtx-4060-laptop-display", QWEN3_FP8, "bfloat16", 1, False),
        ("gpu-12-rtx-3060", QWEN3_FP8, "bfloat16", 1, False),
        ("gpu-16-rtx-4080", QWEN3, "bfloat16", 1, False),
        ("gpu-16-tesla-t4", QWEN3, "float16", 1, False),
        ("gpu-24-rtx-4090", QWEN3, "bfloat16", 1, False),
        ("gpu-48-rtx-a6000", QWEN3, "bfloat16", 1, False),
        ("gpu-80-a100", QWEN3, "bfloat16", 1, True),
        ("gpu-80-h100", QWEN3, "bfloat16", 1, True),
        ("gpus-2x24-rtx-3090", QWEN3, "bfloat16", 2, False),
        ("gpus-4x24-rtx-4090", QWEN3, "bfloat16", 4, True),
        ("gpus-8x12-rtx-3060", QWEN3, "bfloat16", 8, True),
        ("gpus-8x80-h100", QWEN3, "bfloat16", 1, True),
        ("gpus-mixed-4090-1080", QWEN3, "bfloat16", 1, False),
        ("gpus-mixed-4090-3060", QWEN3, "bfloat16", 1, False),
        ("mig-a100-40", QWEN3, "bfloat16", 1, False),
        ("shared-memory-gb10", QWEN3, "bfloat16", 1, True),
    ],
)
def test_recorded_gpu(name, model, dtype, parallel, whole):
    """A GPU box gets the best model that fits, as a number of tokens where all of its context does."""
    preset = choose(recording(name))
    assert (preset.engine, preset.model, preset.dtype) == (CUDA_ENGINE, model, dtype)
    assert (preset.tensor_parallel_size, len(preset.devices)) == (parallel, parallel)
    assert preset.max_model_len == (preset.context_estimate if whole else "auto")


@pytest.mark.parametrize(
    ("name", "model", "kv_gib", "context"),
    [
        ("cpu-02-24", "qwen2.5-coder-1.5b", 2, 16_384),
        ("cpu-04-8", "qwen2.5-coder-0.5b", 1, 16_384),
        ("cpu-08-16", "qwen2.5-coder-1.5b", 4, 32_768),
        ("cpu-08-16-no-avx512", "qwen2.5-coder-1.5b-bf16", 2, 16_384),
        ("cpu-04-12-no-avx512", "qwen2.5-coder-0.5b", 1, 16_384),
        ("cpu-32-128", "qwen2.5-coder-1.5b", 4, 32_768),
        ("gpu-02-mx450", "qwen2.5-coder-1.5b", 4, 32_768),
        ("gpu-16-tesla-v100", "qwen2.5-coder-1.5b", 4, 32_768),
        ("old-gtx-1080", "qwen2.5-coder-1.5b", 4, 32_768),
        ("mig-h100-without-instance", "qwen2.5-coder-1.5b", 4, 32_768),
    ],
)
def test_recorded_cpu(name, model, kv_gib, context):
    """Without a usable GPU the processors serve a catalogue model, with memory for the KV cache set."""
    preset = choose(recording(name))
    assert (preset.engine, preset.model, preset.kv_cache_gib) == (CPU_ENGINE, model, kv_gib)
    assert preset.max_model_len == context
    assert not preset.devices


def test_no_avx512():
    """Where only 32-bit kernels are fast, all is computed in 32 bits, which takes twice the memory."""
    wide, narrow = (choose(recording(name)) for name in ("cpu-04-8", "cpu-04-12-no-avx512"))
    assert (wide.dtype, narrow.dtype) == ("bfloat16", "float32")
    assert narrow.model == wide.model
    assert narrow.memory.weights_gib == 2 * wide.memory.weights_gib
    assert any("AVX-512" in sentence for sentence in narrow.reasoning)


@pytest.mark.parametrize(
    ("memory_gib", "variant", "expected"),
    [
        (80, BF16, 460_000),
        (24, BF16, 97_000),
        (24, FP8, 122_000),
        (16, BF16, 43_000),
        (16, FP8, 68_000),
        (12, BF16, 17_000),
        (12, FP8, 41_000),
        (8, FP8, 15_000),
    ],
)
def test_context_that_fits(memory_gib, variant, expected):
    """The context beside Qwen3-4B agrees within a tenth with what was worked out by hand, whichever batch is used."""
    for batch_tokens in (2_048, 8_192) if memory_gib > 16 else (2_048,):
        found = fit(machine(memory_gib).gpus, GPU_DEFAULT, variant, 1, batch_tokens)
        assert found.kv_tokens == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.txt")), ids=lambda path: path.stem)
def test_memory_adds_up(path):
    """Weights, KV cache, overhead and what stays free make up the whole memory, and nothing is negative."""
    try:
        preset = choose(recorded(path.read_text(encoding="utf-8")))
    except UnusableMachineError:
        return
    memory = preset.memory
    assert min(memory.weights_gib, memory.kv_cache_gib, memory.overhead_gib, memory.free_gib) > 0
    if preset.gpu_memory_utilization is not None:
        used = memory.weights_gib + memory.kv_cache_gib + memory.overhead_gib
        assert used == pytest.approx(memory.total_gib * preset.gpu_memory_utilization)


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.txt")), ids=lambda path: path.stem)
def test_decision_reaches_the_engine(path):
    """Batch limits, memory, parallelism and devices of a preset are those of the engine's command line."""
    try:
        preset = choose(recorded(path.read_text(encoding="utf-8")))
    except UnusableMachineError:
        return
    config = LaunchConfig(preset, Path("/e/bin/python"), "m", False, "m", 8123, (0, 1), Path("/c"))
    command, variables = build_command(config), build_variables(config)
    options = dict(pairwise(command))
    assert options["--max-num-seqs"] == str(preset.max_num_seqs)
    assert options["--max-num-batched-tokens"] == str(preset.max_num_batched_tokens)
    assert options["--max-model-len"] == str(preset.max_model_len)
    assert options.get("--tensor-parallel-size", "1") == str(preset.tensor_parallel_size)
    assert variables.get("CUDA_VISIBLE_DEVICES", "") == ",".join(preset.devices)
    assert "--speculative-config" not in command
    assert preset.max_num_batched_tokens >= preset.max_num_seqs


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gpu-12-rtx-3060", "in bf16 they would leave room for 16,800 tokens of context, in FP8 for 41,431"),
        ("gpu-12-rtx-3060", "compute capability 8.6 has no FP8 arithmetic"),
        ("gpu-08-rtx-2070", "Qwen3-4B Instruct 2507 does not fit"),
        ("gpu-08-rtx-2070", "float16 and no FP8 weights: compute capability 7.5 has no bfloat16"),
        ("gpu-08-rtx-4060-laptop-display", "the GPU drives a display"),
        ("gpu-80-h100", "All of the model's 262,144 tokens of context fit (144 KiB"),
        ("gpu-24-rtx-4090", "--max-model-len auto"),
        ("gpus-2x24-rtx-3090", "2 GPUs hold the model together"),
        ("gpus-8x80-h100", "7 of 8 GPUs stay free"),
        ("gpus-mixed-4090-1080", "GTX 1080 is too old"),
        ("gpus-mixed-4090-3060", "Not used: NVIDIA GeForce RTX 3060"),
        ("mig-a100-40", "instances cannot be joined"),
        ("shared-memory-gb10", "the GPU shares it with the processors"),
        ("gpu-24-rtx-4090", "Speculation is off"),
        ("cpu-02-24", "garbage"),
        ("gpu-16-tesla-v100", "compute capability is 7.0, and vLLM needs 7.5"),
        ("gpu-02-mx450", "is too small"),
        ("cpu-04-8", "too little for 1.5B"),
    ],
)
def test_reasoning(name, sentence):
    """The decision is explained in sentences with the machine's own figures."""
    assert sentence in " ".join(choose(recording(name)).reasoning)


@pytest.mark.parametrize("hardware", [recording("cpu-04-4"), recording("cpu-08-32-no-avx2"), machine(2, ram_gb=6)])
def test_unusable_machine(hardware):
    """A machine that can serve nothing is told why, and what to do instead."""
    with pytest.raises(UnusableMachineError) as caught:
        choose(hardware)
    assert "backend.baseUrl" in caught.value.remedy
    assert "NVIDIA GPU" in caught.value.reason or "too small" in caught.value.reason


def test_three_alike():
    """Of three GPUs two are used, because attention heads are divided over a power of two."""
    preset = choose(machine(24, 24, 24))
    assert (preset.tensor_parallel_size, preset.devices) == (2, ("GPU-0", "GPU-1"))


def test_display_comes_last():
    """Of two GPUs that are alike, the one without a display serves where one is enough."""
    gpus = tuple(Gpu("Card", 80 * 1024, (9, 0), uuid, display) for uuid, display in [("GPU-a", True), ("GPU-b", False)])
    assert choose(Hardware(gpus, (0,), RAM_BYTES, cpu_has_vectors=True)).devices == ("GPU-b",)


def test_mig_instances_are_not_joined():
    """Of two MIG instances of one profile one is used."""
    gpus = tuple(Gpu("NVIDIA H100 MIG 3g.40gb", 38 * 1024, (9, 0), uuid) for uuid in ("MIG-a", "MIG-b"))
    assert choose(Hardware(gpus, (0,), RAM_BYTES, cpu_has_vectors=True)).devices == ("MIG-a",)


def test_copied_kv_heads():
    """With more GPUs than KV heads the heads are copied: each of four GPUs holds as much of a token as each of two."""
    gpus = machine(8, 8, 8, 8).gpus
    on_two, on_four = (fit(gpus, GPU_SMALL, GPU_SMALL.variants[0], parallel, 2_048) for parallel in (2, 4))
    per_gib = [one.kv_tokens / one.division.kv_cache_gib for one in (on_two, on_four)]
    assert per_gib[0] == pytest.approx(per_gib[1], rel=1e-3)


@pytest.mark.parametrize(
    ("hardware", "name", "expected"),
    [
        pytest.param(machine(24), QWEN3_FP8, (QWEN3_FP8, "auto", 1), id="the other form of the weights"),
        pytest.param(machine(24), CODER, (CODER, 32_768, 1), id="the smaller model"),
        pytest.param(machine(80, 80), "some/model", ("some/model", "auto", 2), id="size not known: all GPUs alike"),
        pytest.param(machine(80, 80), "qwen2.5-coder-0.5b", ("qwen2.5-coder-0.5b", "auto", 1), id="of the catalogue"),
        pytest.param(machine(), "some/model", ("some/model", 16_384, 1), id="on the processors"),
        pytest.param(machine(2), "some/model", ("some/model", 16_384, 1), id="a GPU too small for anything"),
    ],
)
def test_chosen_model(hardware, name, expected):
    """A model named by the user replaces the preset's own, with what is known of its size."""
    preset = choose(hardware, name)
    assert (preset.model, preset.max_model_len, preset.tensor_parallel_size) == expected


def test_chosen_model_has_room_for_a_whole_request_on_the_cpu():
    """Qwen3-4B on the processors gets a KV cache of 3 GiB: 16,384 tokens of it take 2.25."""
    assert choose(machine(ram_gb=32), QWEN3).kv_cache_gib == 3


@pytest.mark.parametrize(("hardware", "name"), [(machine(8), QWEN3), (machine(ram_gb=12), QWEN3)])
def test_chosen_model_does_not_fit(hardware, name):
    """A model that cannot be served is refused before its download, with the way out."""
    with pytest.raises(UnusableMachineError, match="leave out --model"):
        choose(hardware, name)


@pytest.mark.parametrize(
    ("count", "heads", "sizes"),
    [(1, 32, [1]), (3, 32, [1, 2]), (8, 32, [1, 2, 4, 8]), (6, 32, [1, 2, 4]), (8, 12, [1, 2, 4]), (4, 14, [1, 2])],
)
def test_parallel_sizes(count, heads, sizes):
    """Attention heads are divided evenly over a power of two of GPUs."""
    assert parallel_sizes(count, heads) == sizes


def test_mig_instances_replace_their_gpu():
    """A GPU in MIG mode is its instances, with about the memory that their profile names; nothing is wrong with it."""
    hardware = recording("mig-a100-40")
    assert not hardware.problems
    gpus = hardware.gpus
    assert [gpu.name.rpartition(" ")[2] for gpu in gpus] == ["3g.20gb", "2g.10gb", "1g.5gb"]
    assert [round(gpu.memory_gib, 2) for gpu in gpus] == [19.0, 9.5, 4.75]
    assert all(gpu.is_instance and gpu.compute_capability == (8, 0) for gpu in gpus)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("old-gtx-1080", "driver 535.183.01 is older than 580"),
        ("mig-h100-without-instance", "MIG mode without an instance"),
    ],
)
def test_recorded_problem(name, problem):
    """What keeps a GPU from being used is said once, with what to do."""
    [found] = recording(name).problems
    assert problem in found


@pytest.mark.parametrize(
    "line",
    [
        "GPU-1, NVIDIA X, [Unknown Error], 8.9, [N/A], Disabled, 580.1",
        "GPU-1, NVIDIA X, 8188, [N/A], [N/A], Disabled, 580.1",
        "GPU-1, NVIDIA X",
        "No devices were found",
    ],
)
def test_unreadable_line(line):
    """A line that describes no usable GPU is reported and left out; the others are kept."""
    good = "GPU-2, NVIDIA L4, 23034, 8.9, [N/A], Disabled, 580.95.05"
    gpus, problems = parse_nvidia_smi(f"{line}\n{good}\n", RAM_BYTES)
    assert gpus == [Gpu("NVIDIA L4", 23034, (8, 9), "GPU-2")]
    assert len(problems) == 1
    assert line in problems[0]


def test_recording_with_a_wrong_comment():
    """A recording whose comment holds no number is refused with a message."""
    with pytest.raises(LauncherError, match="many"):
        recorded("# processors: many\n")


@pytest.mark.parametrize(
    ("visible", "names"),
    [(None, "abc"), ("", ""), ("-1", ""), ("2,0", "ca"), ("7", ""), ("GPU-1,GPU-3", "ac"), ("0,GPU-9,1", "a")],
)
def test_visible_gpus(visible, names):
    """CUDA_VISIBLE_DEVICES hides GPUs that nvidia-smi still lists, by number or by the start of a UUID."""
    gpus = [Gpu(name, 1024, (8, 0), f"GPU-{number}2-34") for number, name in enumerate("abc", start=1)]
    assert "".join(gpu.name for gpu in visible_gpus(gpus, visible)) == names
