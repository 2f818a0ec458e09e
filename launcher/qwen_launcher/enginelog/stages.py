"""How far a start of the engine has come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from qwen_launcher.enginelog.text import messages


class StartState(StrEnum):
    """The states of the supervisor's protocol that the engine's log tells apart."""

    LOADING = "loading"
    COMPILING = "compiling"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a start is; `detail` is for people, `percent` (0 to 100) is None where it cannot be known."""

    state: StartState
    detail: str
    percent: int | None = None

    @property
    def summary(self) -> str:
        """The stage in a few words."""
        return self.detail if self.percent is None else f"{self.detail} ({self.percent}%)"


COMPILING = "compiling (the first start takes minutes)"

# (what a line of the log says, the state or None where that stays, what to tell the user); vLLM 0.32.
MARKS: tuple[tuple[re.Pattern[str], StartState | None, str], ...] = tuple(
    (re.compile(pattern), state, detail)
    for pattern, state, detail in (
        # transformers, when it must read the model's configuration (vllm/config/model.py)
        (r"Resolved architecture: ", StartState.LOADING, "reading the model's configuration"),
        # vllm/v1/engine/core.py
        (r"Initializing a V1 LLM engine", StartState.LOADING, "starting the engine's processes"),
        # vllm/v1/worker/cpu_model_runner.py, gpu_model_runner.py
        (r"Starting to load model ", StartState.LOADING, "loading the model"),
        # huggingface_hub: one bar for all files, or one for each
        (r"(?:Fetching \d+ files|\S+\.safetensors): +(?P<percent>\d+)%\|", StartState.LOADING, "fetching the model"),
        # vllm/model_executor/model_loader/weight_utils.py
        (r"Loading \S+ checkpoint shards: +(?P<percent>\d+)%", StartState.LOADING, "loading the weights"),
        # vllm/v1/worker/cpu_model_runner.py; vllm/compilation/backends.py, decorators.py, monitor.py
        (r"Warming up model for the compilation", StartState.COMPILING, COMPILING),
        (r".*(?:Using cache directory: .*torch\.compile|Starting torch\.compile)", StartState.COMPILING, COMPILING),
        (
            r".*(?:Dynamo bytecode transform time|Compiling a graph|Compiling model again)",
            StartState.COMPILING,
            COMPILING,
        ),
        (r".*Directly load (?:AOT|the compiled graph)", StartState.COMPILING, "loading what was compiled before"),
        (r".*(?:saved AOT compiled function|torch\.compile (?:took|takes))", StartState.COMPILING, "warming up"),
        # vllm/v1/core/kv_cache_utils.py
        (r"\w+ KV cache size: ", None, "making the KV cache"),
        # vllm/v1/worker/gpu_model_runner.py, gpu/cudagraph_utils.py
        (r"Capturing CUDA graphs.*?: +(?P<percent>\d+)%\|", StartState.COMPILING, "capturing CUDA graphs"),
        # vllm/entrypoints/launchers/api_server/entry.py
        (r"Starting vLLM server on ", None, "opening the port"),
    )
)


def stage_of(log_text: str) -> Stage:
    """Return the stage that the last line of `log_text` that tells one tells of.

    "No available shared memory broadcast block found in 60 seconds" is a line of a long compilation, not of a failure.
    """
    stage = Stage(StartState.LOADING, "loading the engine")
    for _level, message in messages(log_text):
        for pattern, state, detail in MARKS:
            found = pattern.match(message)
            if found:
                percent = found.groupdict().get("percent")
                stage = Stage(state or stage.state, detail, None if percent is None else int(percent))
                break
    return stage
