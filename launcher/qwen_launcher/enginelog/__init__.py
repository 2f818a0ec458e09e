"""Reads vLLM's log: how far a start has come, and why it failed."""

from qwen_launcher.enginelog.failures import explain_failure, find_failure, known_failures
from qwen_launcher.enginelog.rule import Failure
from qwen_launcher.enginelog.stages import Stage, StartState, stage_of
from qwen_launcher.enginelog.text import WRAPPER, read_tail

__all__ = [
    "WRAPPER",
    "Failure",
    "Stage",
    "StartState",
    "explain_failure",
    "find_failure",
    "known_failures",
    "read_tail",
    "stage_of",
]
