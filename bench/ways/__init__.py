"""The ways to fix a failing program that are compared: all with the same model on the same server."""

from __future__ import annotations

from bench.ways.attempt import Attempt, Way
from bench.ways.chat import PlainChat
from bench.ways.peer import Aider
from bench.ways.qwen import Qwen, Rerunning

WAYS: dict[str, type[Way]] = {"qwen": Qwen, "rerun": Rerunning, "chat": PlainChat, "aider": Aider}

__all__ = ["WAYS", "Attempt", "Way"]
