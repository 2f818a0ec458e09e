"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass

from qwen_lsp.explain.answer import Change
from qwen_lsp.model import Range, ReviewKind

SYNTAX, LOGIC, SECURITY = ReviewKind.SYNTAX, ReviewKind.LOGIC, ReviewKind.SECURITY


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake at ``place``; ``change`` mends it, where one change does so for certain."""

    place: Range
    kind: ReviewKind
    rule: str
    message: str
    change: Change | None = None
