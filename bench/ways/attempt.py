"""What a way to fix programs is given, and what it says about its attempt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from tests.failures import FailureCase

from qwen_lsp.backend import OpenAIBackend


@dataclass(frozen=True)
class Attempt:
    """One attempt; the fix itself has been made in the workspace.

    ``cause`` is the file (relative) and 1-based line that the way names as the root cause, None where it names none.
    ``seconds`` is the time until the fix was there; ``first_token_s`` until the model's first word. ``reply`` is kept
    for reading.
    """

    seconds: float
    first_token_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cause: tuple[str, int] | None = None
    rung: str = ""
    reply: str = ""
    problems: tuple[str, ...] = ()
    candidates: int = 1
    is_crash_right: bool | None = None


class Way(ABC):
    """A way to fix programs with the model of ``backend``."""

    def __init__(self, backend: OpenAIBackend) -> None:
        self.backend = backend

    async def prepare(self) -> None:  # noqa: B027 - most ways need nothing
        """Get ready what takes time but is no part of a fix (installing a tool)."""

    @abstractmethod
    async def attempt(self, case: FailureCase, workspace: Path, log: str) -> Attempt:
        """Fix the program in ``workspace``, which failed with ``log``, by changing its files."""


def source_files(workspace: Path) -> list[Path]:
    """Return the files of a program, without what only running it left behind."""
    made = {"__pycache__", ".git", "node_modules", "program", "built", "out"}
    return [path for path in sorted(workspace.rglob("*")) if path.is_file() and made.isdisjoint(path.parts)]
