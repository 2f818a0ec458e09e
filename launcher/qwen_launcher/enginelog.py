"""Reads vLLM's log: how far the start is, and why it failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TAIL_BYTES = 256 * 1024

# (what the log says, what to tell the user), in the order of a start; vLLM 0.32.
STAGES = (
    (re.compile(r"Starting to load model|Resolved architecture"), "loading the model"),
    (re.compile(r"checkpoint shards: +(?P<detail>\d+%)"), "loading the weights"),
    (re.compile(r"Warming up model|torch\.compile|Dynamo bytecode"), "compiling (the first start takes minutes)"),
    (re.compile(r"Capturing CUDA graphs"), "capturing CUDA graphs"),
    (re.compile(r"Warming up done|KV cache size"), "making the KV cache"),
    (re.compile(r"Starting vLLM server"), "opening the port"),
)

WRAPPER = "Engine core initialization failed"
ERROR_LINE = re.compile(
    r"(?:ValueError|OSError|RuntimeError|[\w.]*OutOfMemoryError|[\w.]*ValidationError): *(?P<why>.*)"
)
# (what vLLM says, what the user can do)
REMEDIES = (
    (
        "Free memory on device",
        "another program uses the GPU's memory: close it (see `nvidia-smi`), or serve a smaller model",
    ),
    ("Available memory on node", "too little memory is free: close other programs or start qwen2.5-coder-0.5b"),
    ("No available memory for the cache blocks", "the weights leave no room for the KV cache: serve a smaller model"),
    ("To serve at least one request with the model's max seq len", "give a smaller --max-model-len"),
    ("User-specified max_model_len", "give a smaller --max-model-len; the model was made for less"),
    ("out of memory", "close other programs that use the GPU, or serve a smaller model"),
    ("Address already in use", "another program took the port meanwhile: start again, or give another --port"),
    ("Invalid repository ID or local directory", "check the model's name; `qwen-launcher models` lists the known ones"),
    ("Can't load the configuration", "check the model's name and the network; a hub model needs access to the hub"),
    ("Bfloat16 is only supported", "this GPU needs --dtype float16; `qwen-launcher command` shows the flags in use"),
    ("Failed to infer device type", "the installed vLLM does not find its device: check the GPU driver"),
    ("Cannot allocate memory", "too little memory is free: close other programs or start qwen2.5-coder-0.5b"),
)
DEFAULT_REMEDY = "read the log; `qwen-launcher start --model qwen2.5-coder-0.5b` needs the least memory"


def read_tail(log: Path) -> str:
    """Return the end of the log; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def stage_of(log_text: str) -> str:
    """Return in a few words how far the engine has come."""
    for pattern, words in reversed(STAGES):
        found = None
        for found in pattern.finditer(log_text):  # noqa: B007 - the last match is wanted
            pass
        if found is not None:
            detail = found.groupdict().get("detail")
            return f"{words} ({detail})" if detail else words
    return "loading the engine"


def explain_failure(log_text: str) -> tuple[str, str]:
    """Return (why the engine ended, what to do), as far as its log tells.

    vLLM wraps the cause ("Engine core initialization failed. See root cause above."): the first error line before
    that is the cause.
    """
    before = log_text.split(WRAPPER, 1)[0]
    causes = [found["why"].strip() for found in ERROR_LINE.finditer(before) if found["why"].strip()]
    for why in causes + [line.strip() for line in before.splitlines()]:
        remedy = next((remedy for pattern, remedy in REMEDIES if pattern in why), None)
        if remedy is not None:
            return why, remedy
    if causes:
        return causes[0], DEFAULT_REMEDY
    lines = [line for line in log_text.splitlines() if line.strip()]
    return (lines[-1].strip() if lines else "it wrote nothing to its log"), DEFAULT_REMEDY
