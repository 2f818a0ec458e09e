"""The rung that a certain change earns."""

from __future__ import annotations

from collections.abc import Sequence

from qwen_lsp.explain.answer import Change
from qwen_lsp.fixes import apply_edits, compile_error
from qwen_lsp.model import CheckedFix, Rung, TextEdit
from qwen_lsp.syntax import language_of
from qwen_lsp.text import TextSnapshot


def compiles(snapshot: TextSnapshot, edits: Sequence[TextEdit]) -> bool:
    """Return whether a Python file compiles once ``edits`` are made."""
    return compile_error(apply_edits(snapshot, edits), snapshot.path.name) is None


def checked(change: Change, snapshot: TextSnapshot) -> CheckedFix | None:
    """Return the fix that ``change`` amounts to, its rung in its title; None for Python that does not compile then."""
    language = language_of(snapshot.path)
    is_python = language is not None and language.id == "python"
    if is_python and not compiles(snapshot, change.edits):
        return None
    rung = Rung.COMPILES if is_python else Rung.APPLIES
    edits = tuple(sorted(change.edits, key=lambda edit: edit.range.start))
    return CheckedFix(f"{change.title} ({rung.label})", edits, rung)
