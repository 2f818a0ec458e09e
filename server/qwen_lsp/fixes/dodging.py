"""Whether a fix that works may only work around the fault."""

from __future__ import annotations

from qwen_lsp.fixes.diff import apply_fix
from qwen_lsp.fixes.hiding import adds_branch
from qwen_lsp.model import CheckedFix
from qwen_lsp.syntax import language_of
from qwen_lsp.text import DocumentSource


def dodges(fix: CheckedFix, documents: DocumentSource) -> bool:
    """Return whether ``fix`` may step around a bad value only: it hides the error, takes code away, adds a branch."""
    if fix.hides_error or fix.takes_away:
        return True
    for snapshot, after in apply_fix(fix, documents):
        language = language_of(snapshot.path)
        if language is not None and adds_branch(snapshot.text, after, language):
            return True
    return False
