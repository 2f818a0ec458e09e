"""What a diagnosis is asked for, and how its progress is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qwen_lsp.rerun import Command


class Stage(StrEnum):
    """The stages a user sees while a diagnosis is made."""

    PARSING = "parsing the log"
    READING = "reading the code"
    STARTING = "starting the backend"
    ASKING = "asking the model"
    CHECKING = "checking the fix"
    RERUNNING = "running the failed command again"
    SEARCHING = "trying other fixes"


@dataclass(frozen=True, slots=True)
class DiagnoseRequest:
    """One request for a diagnosis.

    ``log`` is the failure's text. ``roots`` are the workspace folders (absolute). ``cwd`` is where the command ran,
    for relative paths in the log. ``command`` is what failed; without it the log may tell.
    """

    log: str
    roots: tuple[Path, ...]
    cwd: Path | None = None
    command: Command | None = None


ProgressSink = Callable[[Stage, str], None]
"""Called with the stage and its detail: for ``ASKING`` the reply's text so far, else words or "".

``STARTING`` comes only where there is something to wait for, before ``ASKING``.
"""
