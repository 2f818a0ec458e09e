"""The ways to fix a failing program that are compared: all with the same model on the same server."""

from __future__ import annotations

from bench.ways.attempt import Attempt, Offer, Way
from bench.ways.chat import PlainChat
from bench.ways.peer import Aider
from bench.ways.qwen import Qwen, Sampling

WAYS: dict[str, type[Way]] = {
    "qwen": Qwen,
    "rerun": Qwen,
    "chat": PlainChat,
    "aider": Aider,
    "aider-test": Aider,
    "qwen@8": Sampling,
}

__all__ = ["WAYS", "Attempt", "Offer", "Way"]
