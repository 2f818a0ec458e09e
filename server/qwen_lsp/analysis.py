"""Compose the steps from a log to a diagnosis; the only module that knows their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qwen_lsp.model import Diagnosis, Range
from qwen_lsp.text import DocumentSource


class Stage(StrEnum):
    """The stages a user sees while a diagnosis is made."""

    PARSING = "parsing the log"
    READING = "reading the code"
    ASKING = "asking the model"
    CHECKING = "checking the fix"


@dataclass(frozen=True, slots=True)
class DiagnoseRequest:
    """One request for a diagnosis.

    ``log`` is the failure's text. ``roots`` are the workspace folders (absolute). ``cwd`` is where the command ran,
    for relative paths in the log. ``command`` is the command that failed, as typed. ``focus`` is code that the user
    selected along with the log.
    """

    log: str
    roots: tuple[Path, ...]
    cwd: Path | None = None
    command: str | None = None
    focus: tuple[Path, Range] | None = None


ProgressSink = Callable[[Stage, str], None]
"""Called with the stage and its detail: for ``ASKING`` the reply's text so far, else words or ""."""


class Analyzer:
    """Makes diagnoses from logs; holds no state between requests."""

    def __init__(self, documents: DocumentSource, backend: object) -> None:
        self._documents = documents
        self._backend = backend

    def locate(self, request: DiagnoseRequest) -> Diagnosis:
        """Return what can be said without the model: failures, their places, and problems. Never raises on a log."""
        raise NotImplementedError

    async def explain(self, request: DiagnoseRequest, located: Diagnosis, on_progress: ProgressSink) -> Diagnosis:
        """Return ``located`` with the model's root cause and checked fixes added.

        A backend that refuses, hangs or talks nonsense does not raise: ``problems`` says what happened and what to do,
        ``backend_failed`` is set, and everything already known is kept. Cancelling the task closes the
        request, which stops generation on the engine.
        """
        raise NotImplementedError
