"""The engine's log as text: reading its end, and taking vLLM's prefixes off its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAIL_BYTES = 256 * 1024

# vLLM 0.32, vllm/logger.py and vllm/utils/system_utils.py (decorate_logs):
# "(Worker pid=7) ERROR 11-22 17:44:06 [a.py:1] ".
PREFIX = re.compile(
    r"^(?:\([\w-]+(?: pid=\d+)?\) )*(?:(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d [\d:]{8} \[[^\]]*\] ?)?"
)
# What follows is told by the parent of the process that failed, and only says that it did.
# vllm/v1/engine/utils.py (wait_for_engine_startup).
WRAPPER = re.compile(r"\w+: (?:Engine core initialization failed|Frontend process failed during engine core)")
SOURCE_INDENT = "    "
"""Of the source lines in a traceback (CPython, traceback.py)."""


def read_tail(log: Path) -> str:
    """Return the end of the log; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def messages(log_text: str) -> Iterator[tuple[str | None, str]]:
    """Yield (level or None, message) of each line; a progress bar's states are lines of their own."""
    for line in re.split(r"[\r\n]+", log_text):
        prefix = PREFIX.match(line)
        assert prefix is not None  # noqa: S101 - it matches the empty string
        yield prefix["level"], line[prefix.end() :]


def problem_text(log_text: str) -> str:
    """Return what may tell of a failure: all but vLLM's informative lines, up to where it says that a process failed.

    Warnings go too: they name errors that did not happen ("This can cause fd limit errors like ..."). So do the source
    lines of tracebacks, which hold the words of the message but not its figures.
    """
    kept = []
    for level, message in messages(log_text):
        if WRAPPER.match(message):
            break
        if level not in {"DEBUG", "INFO", "WARNING"} and not message.startswith(SOURCE_INDENT):
            kept.append(message)
    return "\n".join(kept)
