"""The engine's command line and environment."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from qwen_launcher.command import SERVE_CPU, LaunchConfig, build_command, build_environment
from qwen_launcher.hardware import Gpu, Hardware
from qwen_launcher.presets import choose

CPU = choose(Hardware((), (0, 1), 32_000_000_000, cpu_has_vectors=True))
GPU = choose(Hardware((Gpu("Card", 24 * 1024, (8, 9)),) * 2, (0, 1), 32_000_000_000, cpu_has_vectors=True))
CONFIG = LaunchConfig(CPU, Path("/e/bin/python"), "/m/coder", True, "coder", 8123, (0, 1), Path("/c"))
GPU_CONFIG = replace(CONFIG, preset=GPU, model="Qwen/Q", model_is_local=False)


def pairs(command: list[str]) -> dict[str, str]:
    """Return each argument with the one after it: flags with their values, among others."""
    return dict(pairwise(command))


def test_cpu_command():
    """The CPU build is started by the launcher's script, bound to this machine, with the preset's context and batch."""
    command = build_command(CONFIG)
    assert command[:2] == ["/e/bin/python", str(SERVE_CPU)]
    expected = {"--model": "/m/coder", "--served-model-name": "coder", "--host": "127.0.0.1", "--port": "8123"}
    expected |= {"--dtype": "bfloat16", "--max-model-len": "16384", "--max-num-seqs": "16"}
    assert expected.items() <= pairs(command).items()
    assert '"backend":"guidance"' in pairs(command)["--structured-outputs-config"]
    assert "--gpu-memory-utilization" not in command


def test_gpu_command():
    """The CUDA build is started by its own script, over all GPUs."""
    command = build_command(GPU_CONFIG)
    assert command[:3] == ["/e/bin/vllm", "serve", "Qwen/Q"]
    assert {"--gpu-memory-utilization": "0.9", "--tensor-parallel-size": "2"}.items() <= pairs(command).items()
    assert {"--max-num-seqs": "64", "--max-num-batched-tokens": "8192"}.items() <= pairs(command).items()


@pytest.mark.parametrize("config", [CONFIG, GPU_CONFIG])
def test_safety(config):
    """Neither remote code nor an eager engine, and the key is in the environment alone."""
    command = build_command(config)
    environment = build_environment(config, {}, "secret-key")
    assert not {"--trust-remote-code", "--enforce-eager", "--api-key"} & set(command)
    assert "secret-key" not in " ".join(command)
    assert environment["VLLM_API_KEY"] == "secret-key"
    assert environment["VLLM_NO_USAGE_STATS"] == environment["DO_NOT_TRACK"] == "1"


def test_environment():
    """The user's variables reach the engine, except those that would mix other packages into it."""
    environment = build_environment(CONFIG, {"PYTHONPATH": "/mine", "LANG": "C", "VIRTUAL_ENV": "/v"}, "k")
    assert environment["LANG"] == "C"
    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & environment.keys()
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["VLLM_CPU_KVCACHE_SPACE"] == "2"


def test_hub_model_may_go_online():
    """Only a local model turns the hub off."""
    assert "HF_HUB_OFFLINE" not in build_environment(GPU_CONFIG, {}, "k")


@pytest.mark.parametrize(("cpus", "binding", "threads"), [(1, "nobind", "1"), (4, "nobind", "4"), (16, "auto", None)])
def test_processors(cpus, binding, threads):
    """A small machine's processors are all used, by unbound threads; on a large one vLLM chooses."""
    environment = build_environment(replace(CONFIG, cpus=tuple(range(cpus))), {}, "k")
    assert environment["VLLM_CPU_OMP_THREADS_BIND"] == binding
    assert environment.get("OMP_NUM_THREADS") == threads


@pytest.mark.parametrize(("config", "wanted"), [(CONFIG, True), (GPU_CONFIG, False)])
def test_large_pages(config, wanted):
    """Only the engine that keeps its weights in main memory asks for large pages."""
    environment = build_environment(config, {}, "k")
    assert ({"THP_MEM_ALLOC_ENABLE", "GLIBC_TUNABLES"} <= environment.keys()) == wanted
