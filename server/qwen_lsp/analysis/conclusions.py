"""What the steps add to a diagnosis."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from qwen_lsp.backend import BackendError
from qwen_lsp.fixes import apply_fix
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, Position, Range, RootCause
from qwen_lsp.text import DocumentSource, TextSnapshot

_IMPORTS = ("import ", "from ")
"""An added import is part of a fix, never where the fault is."""


def best_first(fixes: Iterable[CheckedFix], documents: DocumentSource) -> tuple[CheckedFix, ...]:
    """Return ``fixes``, honest ones before those that hide the error, then by rung, else as they come.

    Each resulting program comes once.
    """
    best: dict[tuple[tuple[Path, str], ...], CheckedFix] = {}
    for fix in sorted(fixes, key=lambda one: (one.hides_error, -one.rung)):
        programs = tuple((snapshot.path, text) for snapshot, text in apply_fix(fix, documents))
        best.setdefault(programs, fix)
    return tuple(best.values())


def explained(
    diagnosis: Diagnosis,
    fix: CheckedFix | None,
    cause: str,
    place: tuple[Path, Range] | None,
    documents: DocumentSource,
) -> Diagnosis:
    """Return ``diagnosis`` with ``cause``, if any, at the line that ``fix`` changes, else at ``place``."""
    place = (_fault(fix, documents) if fix is not None else None) or place
    return replace(diagnosis, root_cause=RootCause(*place, cause)) if cause and place is not None else diagnosis


def moved(diagnosis: Diagnosis, before: CheckedFix, after: CheckedFix, documents: DocumentSource) -> Diagnosis:
    """Return ``diagnosis``, whose fix ``before`` became ``after``, with the root cause where that changes code."""
    cause = diagnosis.root_cause
    if cause is None or (cause.path, cause.range) != _fault(before, documents):
        return diagnosis
    return explained(diagnosis, after, cause.explanation, None, documents)


def _fault(fix: CheckedFix, documents: DocumentSource) -> tuple[Path, Range] | None:
    """Return the first line that ``fix`` changes; for lines that are only added, the line of code above them.

    That is where a compiler says that something is missing: after what is there, not at what comes next. What is added
    at the beginning of a block has nothing above it: it is missing before the block's first line.
    """
    edit = next((one for one in fix.edits if not one.new_text.lstrip().startswith(_IMPORTS)), fix.edits[0])
    snapshot = documents.read(edit.path)
    if snapshot is None or not snapshot.lines:
        return None
    line = min(edit.range.start.line, len(snapshot.lines) - 1)
    if edit.range.is_empty and edit.range.start.character == 0 and edit.new_text.endswith(("\n", "\r")):
        above = _code_above(snapshot, edit.range.start.line)
        added = next((one for one in edit.new_text.splitlines() if one.strip()), "")
        line = above if _margin(snapshot.line(above)) >= _margin(added) or not snapshot.line(line).strip() else line
    elif not snapshot.line(line).strip():
        line = _code_above(snapshot, line)
    whole = snapshot.content_range(line)
    return edit.path, whole if not whole.is_empty else Range(Position(line, 0), Position(line, 0))


def _code_above(snapshot: TextSnapshot, line: int) -> int:
    """Return the next line above ``line`` that is not blank, the first line where there is none."""
    return next((at for at in range(line - 1, -1, -1) if snapshot.line(at).strip()), 0)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def without_backend(diagnosis: Diagnosis, error: BackendError) -> Diagnosis:
    """Return ``diagnosis`` with what became of the model's server."""
    return replace(with_problem(diagnosis, str(error)), backend_failed=True)


def later(diagnosis: Diagnosis, started: float) -> Diagnosis:
    """Return ``diagnosis`` with the time since ``started`` added to its total."""
    total_ms = (diagnosis.timing.total_ms or 0) + ms_since(started)
    return replace(diagnosis, timing=replace(diagnosis.timing, total_ms=total_ms))


def with_problem(diagnosis: Diagnosis, problem: str) -> Diagnosis:
    """Return ``diagnosis`` with ``problem``, which is told to the user."""
    return replace(diagnosis, problems=(*diagnosis.problems, problem))


def ms_since(started: float) -> float:
    """Return the milliseconds since ``started``, a ``time.perf_counter()``."""
    return (time.perf_counter() - started) * 1000


def not_offered(reason: str) -> str:
    """Return the problem that the model's fix was turned down for ``reason``."""
    return say("The model's fix is not offered: {reason}.", reason=reason)
