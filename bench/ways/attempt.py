"""What a way to fix programs is given, and what it says about its attempts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.failures import FailureCase, argv_of

from qwen_lsp.backend import OpenAIBackend


@dataclass(frozen=True)
class Offer:
    """One fix: the new content of the files that it changes, by their path in the workspace.

    ``applies`` is False for a fix that does not fit the files. ``is_within_sent`` says whether it changes only lines
    that the model was shown; None where that cannot be told. ``rung`` and ``is_labelled`` (as one that hides the error)
    are what the user is told.
    """

    contents: Mapping[str, bytes]
    applies: bool = True
    rung: str = ""
    is_labelled: bool = False
    is_within_sent: bool | None = None


@dataclass(frozen=True)
class Attempt:
    """What one way came to, its best offer first.

    ``seconds`` is the time until all offers were there, ``checked_s`` until the first one was that had been checked,
    and ``first_token_s`` until the model's first word. ``overhead_s`` is the part of ``seconds`` in which neither the
    backend was waited for nor a command ran, ``reruns_s`` that in which a command ran. ``cause`` is the file and
    1-based line that is named as the root cause, None where none is named. ``is_crash_right`` and
    ``is_fault_candidate`` judge the places found without the model. ``reply`` is kept for reading.
    """

    offers: tuple[Offer, ...]
    seconds: float
    checked_s: float | None = None
    first_token_s: float | None = None
    overhead_s: float | None = None
    reruns_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cause: tuple[str, int] | None = None
    reply: str = ""
    problems: tuple[str, ...] = ()
    is_crash_right: bool | None = None
    is_fault_candidate: bool | None = None


class Way(ABC):
    """A way to fix programs with the model of ``backend``.

    One run may give several results, each under its own name: ``names`` are those that are wanted.
    """

    def __init__(self, backend: OpenAIBackend, names: Sequence[str]) -> None:
        self.backend = backend
        self.names = tuple(names)

    async def prepare(self) -> None:  # noqa: B027 - most ways need nothing
        """Get ready what takes time but is no part of a fix (installing a tool)."""

    @abstractmethod
    async def attempts(self, case: FailureCase, workspace: Path, log: str) -> dict[str, Attempt]:
        """Return, by name, what became of the program in ``workspace``, which failed with ``log``.

        Raises:
            BackendError: the model's server did not answer; the case can be run again.
        """


def source_files(workspace: Path) -> list[Path]:
    """Return the files of a program, without what only running it left behind."""
    made = {"__pycache__", ".git", "node_modules", "program", "built", "out"}
    return [path for path in sorted(workspace.rglob("*")) if path.is_file() and made.isdisjoint(path.parts)]


def shown_command(case: FailureCase) -> str:
    """Return the failing command as its developer types it."""
    return " ".join(([case.runtime] if argv_of(case) != case.argv else []) + list(case.argv))
