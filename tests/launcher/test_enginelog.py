"""What is read from the engine's log: how far a start is, and why it failed.

The logs lie in tests/data/enginelogs. The first line of each says whether a real engine wrote it ("recorded:", and how
it was brought to fail) or whether it was put together from the source of the program that prints it ("composed from:").
"""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.troubleshooting_table import PAGE, page_with_table

from qwen_launcher.enginelog import StartState, explain_failure, find_failure, known_failures, read_tail, stage_of

LOGS = Path(__file__).parents[1] / "data" / "enginelogs"
READY = "ready"
KILLED, ABORTED, ILLEGAL = -9, -6, -4

# (log, exit code of the first process, code of the failure, what its sentence says, the better flag)
FAILURES = [
    ("bad-value", 1, "bad-flag", "gpu_memory_utilization: Input should be less than or equal to 1", None),
    ("bfloat16-unsupported", 1, "bfloat16-unsupported", "Tesla T4, compute capability 7.5", "--dtype float16"),
    ("bus-error-worker", 1, "shared-memory-full", "the disk is full", None),
    ("context-exceeds-memory", 1, "context-exceeds-memory", "131072 tokens needs 2.0 GiB", "--max-model-len 65408"),
    ("context-exceeds-model", 1, "context-exceeds-model", "32768 tokens of context and 99999", "--max-model-len 32768"),
    ("context-without-estimate", 1, "context-exceeds-memory", "0.01 GiB are available", None),
    ("disk-full", 1, "disk-full", "the disk is full", None),
    ("driver-insufficient", 1, "driver-too-old", "the engine's CUDA version", None),
    ("driver-mismatch", 1, "driver-mismatch", "old one still runs", None),
    ("driver-too-old", 1, "driver-too-old", "12.4", None),
    ("engine-damaged", 1, "engine-damaged", "module vllm", None),
    ("file-not-allowed", 1, "permission-denied", "torch_compile_cache", None),
    ("gpu-memory-gone", 1, "gpu-memory-in-use", "1.2 of the GPU's", None),
    ("gpu-memory-in-use", 1, "gpu-memory-in-use", "19.31 of the GPU's 23.65 GiB", "--gpu-memory-utilization 0.79"),
    ("gpu-out-of-memory-bare", 1, "gpu-out-of-memory", "ran out of memory", None),
    ("gpu-out-of-memory-sampling", 1, "gpu-out-of-memory-sampling", "256 requests", "--max-num-seqs 128"),
    ("gpu-out-of-memory", 1, "gpu-out-of-memory", "GPU 0 ran out of memory: 1.16 GiB", None),
    ("gpu-too-old", 1, "gpu-too-old", "GPUs of this age", None),
    ("gpus-cannot-talk", 1, "gpus-cannot-talk", "to exchange data (NCCL)", "--tensor-parallel-size 1"),
    ("heads-not-divisible", 1, "heads-not-divisible", "14 attention heads", "--tensor-parallel-size 2"),
    ("hub-gated", 1, "hub-access-denied", "or does not exist", None),
    ("hub-offline", 1, "hub-unreachable", "hub cannot be reached", None),
    ("hub-unknown-name", 1, "hub-access-denied", "or does not exist", None),
    ("hub-unreachable", 1, "hub-unreachable", "hub cannot be reached", None),
    ("illegal-instruction-core", 1, "cpu-too-old", "uses (AVX2 or AVX-512)", None),
    ("illegal-instruction", 1, "cpu-too-old", "uses (AVX2 or AVX-512)", None),
    ("killed-core", 1, "killed", "when memory runs out", None),
    ("killed-worker", 1, "killed", "when memory runs out", None),
    (
        "kv-cache-exceeds-memory",
        1,
        "kv-cache-exceeds-memory",
        "take 500.0 GiB and 14.1 of 22.34",
        "VLLM_CPU_KVCACHE_SPACE=13",
    ),
    ("library-missing", 1, "library-missing", "libnuma.so.1", None),
    ("memory-in-use", 1, "memory-in-use", "15.21 of 22.34 GiB", "--gpu-memory-utilization 0.65"),
    ("model-config-damaged", 1, "model-config-damaged", "config.json", None),
    ("model-not-found", 1, "model-not-found", "/tmp/no/such/model", None),
    ("model-without-config", 1, "model-not-found", "/home/u/models/noconfig", None),
    ("nccl-shared-memory", 1, "shared-memory-full", "container (/dev/shm) is full", None),
    ("needs-own-code", 1, "needs-own-code", "is never run here", None),
    ("needs-own-tokenizer", 1, "needs-own-code", "is never run here", None),
    ("no-compiler", 1, "no-compiler", "found no C++ compiler", None),
    ("no-cuda-compiler", 1, "no-cuda-compiler", "compiler nvcc is missing", None),
    ("no-gpu", 1, "no-gpu", "that it can use", None),
    ("no-memory-for-kv-cache", 1, "no-memory-for-kv-cache", "for the KV cache", None),
    ("no-python-headers", 1, "no-python-headers", "Python.h", None),
    ("out-of-memory-allocator", 1, "out-of-memory", "17179869184 bytes of memory", None),
    ("packages-do-not-fit", 1, "engine-damaged", "do not fit together", None),
    ("port-in-use", 1, "port-in-use", "program uses the port", None),
    ("port-not-allowed", 1, "port-not-allowed", "used by this user", None),
    ("program-missing", 1, "program-missing", "missing on this machine", None),
    ("quantization-unknown", 1, "quantization-unsupported", "that was asked for", None),
    ("quantization-unsupported", 1, "quantization-unsupported", "8.0 and the GPU has 7.5", None),
    ("read-only-disk", 1, "read-only-disk", "cannot be written to", None),
    ("shared-memory-full", 1, "shared-memory-full", "container (/dev/shm) is full", None),
    ("tokenizer-missing", 1, "tokenizer-missing", "notok", None),
    ("too-few-gpus", 1, "too-few-gpus", "among 4 GPUs and the engine sees 2", "--tensor-parallel-size 2"),
    ("too-many-files", 1, "too-many-files", "files as it needs", None),
    ("too-many-processes", 1, "too-many-processes", "threads as it needs", None),
    ("triton-no-compiler", 1, "no-compiler", "found no C++ compiler", None),
    ("unknown-flag", 1, "unknown-flag", "--enable-wonders", None),
    ("unsupported-architecture", 1, "unsupported-model", "WondrousForCausalLM", None),
    ("unsupported-model-type", 1, "unsupported-model", "wondrous", None),
    ("weights-do-not-fit", 1, "weights-do-not-fit", "configuration says torch.Size([64, 128])", None),
    ("weights-garbage", 1, "weights-damaged", "index-sized", None),
    ("weights-header-too-large", 1, "weights-damaged", "header too large", None),
    ("weights-missing-names", 1, "weights-incomplete", "mlp.down_proj", None),
    ("weights-missing", 1, "weights-missing", "noweights", None),
    ("weights-truncated", 1, "weights-damaged", "file not fully covered)", None),
    ("weights-unknown", 1, "weights-do-not-fit", "model.extra", None),
]
HARMLESS_LINES = """\
(APIServer pid=1) WARNING 11-22 17:44:06 [system_utils.py:255] Found ulimit of 20000 and failed to automatically \
increase. This can cause fd limit errors like `OSError: [Errno 24] Too many open files`.
(Worker pid=3) WARNING 11-22 17:44:31 [cpu_worker.py:114] libtcmalloc is not found in LD_PRELOAD.
(EngineCore pid=2) INFO 11-22 17:45:48 [shm_broadcast.py:871] No available shared memory broadcast block found in 60 \
seconds. This typically happens when some processes are hanging or doing some time-consuming work.
"""
COMPILING = "(Worker pid=3) INFO 11-22 17:44:47 [cpu_model_runner.py:87] Warming up model for the compilation...\n"
WRAPPER = (
    "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}\n"
)


def log_of(name: str) -> str:
    """Return a log of the test data, without the line that says where it is from."""
    return (LOGS / f"{name}.log").read_text(encoding="utf-8").split("\n", 1)[1]


@pytest.mark.parametrize(("name", "exit_code", "code", "why", "flag"), FAILURES, ids=[row[0] for row in FAILURES])
def test_failure(name, exit_code, code, why, flag):
    """A failure is told in one sentence with the log's figures, one remedy, and the better flag where there is one."""
    failure = explain_failure(log_of(name), exit_code)
    assert failure.code == code
    assert why in failure.why
    assert failure.flag == flag
    assert flag is None or flag in failure.remedy
    for sentence in (failure.why, failure.remedy):
        assert sentence
        assert "\n" not in sentence
        assert "?" not in sentence
        assert "root cause above" not in sentence


def test_each_log_says_where_it_is_from():
    """No log passes for a real one that is not, and none lies about unused."""
    logs = sorted(LOGS.glob("*.log"))
    for log in logs:
        assert log.read_text(encoding="utf-8").startswith(("# recorded: vllm-cpu 0.32.0, ", "# composed from: ")), log
    assert {log.stem for log in logs} == {row[0] for row in FAILURES} | {READY}


def test_each_code_has_a_log():
    """Every code is recognised in some log; those left over need no text, and have tests of their own."""
    shown = {row[2] for row in FAILURES}
    assert {failure.code for failure in known_failures()} - shown == {"unknown", "not-ready", "stopped", "crashed"}


@pytest.mark.parametrize(
    ("log", "exit_code", "code", "why"),
    [
        ("", 1, "unknown", "it wrote nothing to its log"),
        ("", KILLED, "killed", "memory"),
        ("", -15, "stopped", "stopped"),
        ("starting\n", ABORTED, "crashed", "abort"),
        ("starting\n", 3, "unknown", "starting"),
        (f"ValueError: something new\n{WRAPPER}", 1, "unknown", "something new"),
        (f"ValueError: something new\n{WRAPPER}OSError: Address already in use", 1, "unknown", "something new"),
        (f"ValueError: something new\n{WRAPPER}", ILLEGAL, "cpu-too-old", "AVX2"),
        (f"{HARMLESS_LINES}ValueError: something new\n", 1, "unknown", "something new"),
        (f"{COMPILING}{HARMLESS_LINES}", None, "not-ready", "compiling"),
    ],
)
def test_unknown_failure(log, exit_code, code, why):
    """What is not known is told in the engine's own words, or by how it ended; what follows the wrapper is no cause."""
    failure = explain_failure(log, exit_code)
    assert failure.code == code
    assert why in failure.why


@pytest.mark.parametrize(
    "log", [HARMLESS_LINES, "", log_of(READY)], ids=["warnings", "empty", "a start that succeeded"]
)
def test_no_failure(log):
    """Warnings, long compilations and a start that succeeded are not taken for failures."""
    assert find_failure(log) is None


CUDA_GRAPHS = (
    "\rCapturing CUDA graphs (mixed prefill-decode, PIECEWISE):  45%|####5     | 30/67 [00:02<00:02, 14.7it/s]"
)


@pytest.mark.parametrize(
    ("last_line", "state", "summary"),
    [
        ("", StartState.LOADING, "loading the engine"),
        ("Resolved architecture: ", StartState.LOADING, "reading the model's configuration"),
        ("Starting to load model ", StartState.LOADING, "loading the model"),
        ("checkpoint shards:   0%", StartState.LOADING, "loading the weights (0%)"),
        ("checkpoint shards: 100%", StartState.LOADING, "loading the weights (100%)"),
        ("Warming up model for the compilation", StartState.COMPILING, "compiling (the first start takes minutes)"),
        ("saved AOT compiled function", StartState.COMPILING, "warming up"),
        ("KV cache size", StartState.COMPILING, "making the KV cache"),
        ("Starting vLLM server on", StartState.COMPILING, "opening the port"),
    ],
)
def test_stage(last_line, state, summary):
    """The user sees the stage that the start has come to; the log is a recorded one, up to a line."""
    lines = log_of(READY).splitlines(keepends=True)
    end = 0 if not last_line else next(number for number, line in enumerate(lines, 1) if last_line in line)
    stage = stage_of("".join(lines[:end]))
    assert (stage.state, stage.summary) == (state, summary)


@pytest.mark.parametrize(
    ("lines", "state", "percent"),
    [
        # composed from vllm/v1/worker/gpu_model_runner.py, capture_model, and tqdm
        (f"Capturing CUDA graphs: 0%{CUDA_GRAPHS}", StartState.COMPILING, 45),
        (
            f"{CUDA_GRAPHS}\n(Worker pid=3) INFO 11-22 17:45:49 [a.py:1] nothing that tells a stage",
            StartState.COMPILING,
            45,
        ),
        # composed from vllm/compilation/backends.py
        (
            "(Worker pid=3) INFO 11-22 17:45:49 [backends.py:1166] Dynamo bytecode transform time: 4.88 s",
            "compiling",
            None,
        ),
        ("(Worker pid=3) INFO 11-22 17:45:49 [backends.py:295] Directly load the compiled graph(s)", "compiling", None),
        # composed from vllm/model_executor/model_loader/weight_utils.py
        ("Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:04<00:04,  4.38s/it]", "loading", 50),
        # composed from huggingface_hub
        ("model-00001-of-00002.safetensors:  12%|#2        | 472M/3.96G [00:21<02:38, 22.0MB/s]", "loading", 12),
        # eager mode compiles nothing
        (
            "(EngineCore pid=2) INFO 11-22 17:46:00 [kv_cache_utils.py:2327] CPU KV cache size: 7 tokens",
            "loading",
            None,
        ),
    ],
)
def test_stage_of_other_starts(lines, state, percent):
    """Progress bars, CUDA graphs and starts in eager mode have their stages, too."""
    stage = stage_of(lines)
    assert (stage.state, stage.percent) == (state, percent)


def test_tail_of_long_log(tmp_path):
    """Only the end of a long log is read; a log that is not there reads as an empty one."""
    log = tmp_path / "vllm.log"
    log.write_text("x" * 1_000_000 + "\nend", encoding="utf-8")
    assert read_tail(log).endswith("\nend")
    assert len(read_tail(log)) < 300_000
    assert read_tail(tmp_path / "none") == ""


def test_documentation_is_up_to_date():
    """docs/troubleshooting.md lists the codes as they are; `python -m docs.troubleshooting_table` writes it."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_table(page)
    assert all(f"| `{failure.code}` |" in page for failure in known_failures())
