"""Comparisons of one value with numbers, and which of them follow from others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """``subject operator number``; ``operator`` is one of < <= > >= == !=."""

    subject: str
    operator: str
    number: float


def implied_by(earlier: Bound, later: Bound) -> bool:
    """Return whether ``earlier`` holds wherever ``later`` does."""
    if earlier.subject != later.subject:
        return False
    a, b = earlier.number, later.number
    if later.operator == "==":
        return {"<": b < a, "<=": b <= a, ">": b > a, ">=": b >= a, "==": b == a, "!=": b != a}[earlier.operator]
    if earlier.operator in {"<", "<="} and later.operator in {"<", "<="}:
        return b < a or (b == a and (earlier.operator == "<=" or later.operator == "<"))
    if earlier.operator in {">", ">="} and later.operator in {">", ">="}:
        return b > a or (b == a and (earlier.operator == ">=" or later.operator == ">"))
    return False
