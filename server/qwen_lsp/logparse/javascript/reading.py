"""What each reader of this family hands to the scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure


@dataclass(frozen=True, slots=True)
class Found:
    """Failures with their weights and where they began (0-based), and the index of the first line after them."""

    failures: tuple[tuple[Failure, Weight, int], ...]
    end: int


Reader = Callable[[Sequence[str], int], Found | None]
"""Reads what begins at a line; None when nothing of its kind does."""
