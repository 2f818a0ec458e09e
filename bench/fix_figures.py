"""The figures of outcomes: rates, shares, medians, and comparisons of two ways by the cases that both have tried."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

from bench.outcome import RERUN_PASSES, JudgedOffer, Outcome
from qwen_lsp.model import FailureKind

Test = Callable[[Outcome], bool]


def _is_at_crash(outcome: Outcome) -> bool:
    return outcome.kind != FailureKind.ASSERTION and not outcome.fault_elsewhere


NEAR, ELSEWHERE = "runtime and syntax failures, fault at the crash", "fault elsewhere"

CLASSES: dict[str, Test] = {
    "all": lambda _: True,
    NEAR: _is_at_crash,
    "... of these in programs of one file": lambda one: _is_at_crash(one) and one.files == 1,
    "syntax errors": lambda one: one.kind == FailureKind.SYNTAX_ERROR,
    ELSEWHERE: lambda one: one.fault_elsewhere,
    "failing tests": lambda one: one.kind == FailureKind.ASSERTION,
}


class Rate:
    """``hits`` of ``total``."""

    def __init__(self, verdicts: Iterable[bool]) -> None:
        known = list(verdicts)
        self.hits, self.total = sum(known), len(known)

    def __str__(self) -> str:
        return f"{self.hits}/{self.total} ({self.share:.0%})" if self.total else "-"

    @property
    def share(self) -> float:
        """From 0 to 1; not a number where there is nothing to count."""
        return self.hits / self.total if self.total else math.nan


def of_way(outcomes: Iterable[Outcome], way: str) -> list[Outcome]:
    """Return the outcomes of one way."""
    return [one for one in outcomes if one.way == way]


def ways_of(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the ways that were measured."""
    return list(dict.fromkeys(one.way for one in outcomes))


def common(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of those cases that every way has tried: no way gets easier cases than another."""
    ways = set(ways_of(outcomes))
    tried: dict[str, set[str]] = {}
    for one in outcomes:
        tried.setdefault(one.name, set()).add(one.way)
    return [one for one in outcomes if tried[one.name] == ways]


def fixed(outcomes: Iterable[Outcome], within: int = 1) -> Rate:
    """Return how many cases one of the first ``within`` offers mends."""
    return Rate(one.fixed_within(within) for one in outcomes)


def offers(outcomes: Iterable[Outcome]) -> list[JudgedOffer]:
    """Return all offers."""
    return [offer for one in outcomes for offer in one.offers]


def swallowed(outcomes: Iterable[Outcome]) -> Rate:
    """Return how many of all offers swallow the error and do not mend the program."""
    return Rate(offer.hides and not offer.fixed for offer in offers(outcomes))


def honest(outcomes: Iterable[Outcome]) -> Rate:
    """Return how many of the fixes that were offered first and said to make the command pass are right."""
    best = [one.best for one in outcomes if one.best is not None]
    return Rate(offer.fixed for offer in best if offer.rung == RERUN_PASSES)


def precision(outcomes: Iterable[Outcome]) -> float:
    """Return the share of the lines changed by first offers that the reference fix changes, too."""
    best = [one.best for one in outcomes if one.best is not None]
    changed = sum(offer.changed for offer in best)
    return sum(offer.needed for offer in best) / changed if changed else math.nan


def median(values: Iterable[float | None]) -> float:
    """Return the median of the known values; infinite ones count."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else math.nan


def paired_ratio(
    outcomes: Sequence[Outcome],
    way: str,
    other: str,
    mine: Callable[[Outcome], float],
    others: Callable[[Outcome], float],
) -> float:
    """Return the median, over the cases that both tried, of ``mine`` of ``way`` to ``others`` of ``other``."""
    pairs = _pairs(outcomes, way, other)
    return median(mine(one) / others(two) for one, two in pairs if others(two) > 0)


def only_one(outcomes: Sequence[Outcome], way: str, other: str) -> tuple[int, int]:
    """Return how many cases only ``way`` mends and how many only ``other``."""
    pairs = _pairs(outcomes, way, other)
    return sum(a.fixed and not b.fixed for a, b in pairs), sum(b.fixed and not a.fixed for a, b in pairs)


def times_as_many(outcomes: Sequence[Outcome], way: str, other: str) -> float:
    """Return how many times as many cases ``way`` mends as ``other``, of those that both tried."""
    pairs = _pairs(outcomes, way, other)
    mine, others = sum(one.fixed for one, _ in pairs), sum(two.fixed for _, two in pairs)
    return mine / others if others else math.inf if mine else math.nan


def hit_share(outcomes: Iterable[Outcome]) -> float:
    """Return the share of the questions' tokens that the engine had in its prefix cache."""
    counted = [one.engine for one in outcomes if one.engine is not None]
    queried = sum(one.queried for one in counted)
    return sum(one.hits for one in counted) / queried if queried else math.nan


def _pairs(outcomes: Sequence[Outcome], way: str, other: str) -> list[tuple[Outcome, Outcome]]:
    others = {one.name: one for one in outcomes if one.way == other}
    return [(one, others[one.name]) for one in outcomes if one.way == way and one.name in others]
