"""What is read from vLLM's log; the lines are those of vLLM 0.32."""

from __future__ import annotations

import pytest

from qwen_launcher.enginelog import explain_failure, stage_of

WEIGHTS = "Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:04<00:04,  4.38s/it]\n"
COMPILING = "(Worker pid=4634) INFO 11-22 17:36:02 [cpu_model_runner.py:87] Warming up model for the compilation...\n"
SERVING = "(APIServer pid=4589) INFO 11-22 17:37:41 [entry.py:140] Starting vLLM server on http://127.0.0.1:8111\n"
WRAPPER = (
    "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}"
)


@pytest.mark.parametrize(
    ("log", "stage"),
    [
        ("", "loading the engine"),
        (WEIGHTS, "loading the weights (50%)"),
        (WEIGHTS.replace("50%", " 0%") + WEIGHTS.replace("50%", "100%"), "loading the weights (100%)"),
        (WEIGHTS + COMPILING, "compiling (the first start takes minutes)"),
        (WEIGHTS + COMPILING + SERVING, "opening the port"),
    ],
)
def test_stage(log, stage):
    """The user sees the stage that the start has come to."""
    assert stage_of(log) == stage


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        ("ValueError: Free memory on device (3.1/24.0 GiB) on startup is less than desired", "nvidia-smi"),
        ("ValueError: Available memory on node 0 (1.2/4.0 GiB) on startup is less than desired", "close other"),
        ("ValueError: No available memory for the cache blocks. Try increasing", "smaller model"),
        ("ValueError: To serve at least one request with the model's max seq len (262144), (36 GiB", "--max-model-len"),
        ("ValueError: User-specified max_model_len (99999) is greater than the derived", "--max-model-len"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", "smaller model"),
        ("OSError: [Errno 98] Address already in use", "--port"),
        ("OSError: Invalid repository ID or local directory specified: 'x'", "qwen-launcher models"),
        ("ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0", "float16"),
        ("RuntimeError: Failed to infer device type, please set the environment", "driver"),
    ],
)
def test_known_failures(cause, remedy):
    """The cause is taken from before vLLM's wrapper, and comes with what to do."""
    why, what_to_do = explain_failure(f"(EngineCore pid=7) ERROR 11-22 [core.py:1] {cause}\nnoise\n{WRAPPER}\n")
    assert cause.split(": ", 1)[1] in why
    assert "root cause above" not in why
    assert remedy in what_to_do


@pytest.mark.parametrize(
    ("log", "why"),
    [
        pytest.param(f"ValueError: something new\n{WRAPPER}", "something new", id="unknown error: the first is shown"),
        pytest.param(
            f"ValueError: something new\n{WRAPPER}\nOSError: Address already in use",
            "something new",
            id="what follows the wrapper is a consequence",
        ),
        pytest.param("starting\nIllegal instruction\n", "Illegal instruction", id="no error line: the last line"),
        pytest.param("", "it wrote nothing to its log", id="empty log"),
    ],
)
def test_unknown_failures(log, why):
    """An unknown failure is still shown in the engine's own words."""
    assert explain_failure(log)[0] == why
