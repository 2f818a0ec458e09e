"""Decides from samples when to raise an alert, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qwen_launcher.watch.history import Event, EventKind
from qwen_launcher.watch.settings import CPU_LATENCY_S, GPU_LATENCY_S, AlertSettings
from qwen_launcher.watch.source import Sample, Status

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sample says about a rule: met or not, and the fact in words. None instead: it says nothing."""

    is_met: bool
    fact: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that must hold for `samples` in a row; the alert ends after `fine_samples` without it."""

    name: str
    judge: Callable[[Sample], Verdict | None]
    samples: int
    fine_samples: int


class Alerts:
    """Follows the samples of one backend; whether an alert is open already is known to the history, not here."""

    def __init__(self, settings: AlertSettings) -> None:
        self._settings = settings
        # How many samples in a row, up to the newest, met the rule (positive) or did not (negative).
        self._rows: dict[str, int] = {}

    def judge(self, sample: Sample, on_cpu: bool) -> list[Event]:
        """Return an event for each rule of which `sample` and those before it say that an alert is due, or is over.

        The same event is returned again while that stays so: `History.record` knows whether it is news.
        """
        events = []
        for rule in _rules(self._settings, on_cpu):
            verdict = rule.judge(sample)
            if verdict is None:
                continue
            row = self._rows.get(rule.name, 0)
            self._rows[rule.name] = row = max(row, 0) + 1 if verdict.is_met else min(row, 0) - 1
            if row >= rule.samples:
                events.append(Event(sample.time_s, sample.target, rule.name, EventKind.ALERT, verdict.fact))
            elif -row >= rule.fine_samples:
                events.append(Event(sample.time_s, sample.target, rule.name, EventKind.RECOVERY, verdict.fact))
        return events


def latency_limit_s(settings: AlertSettings, on_cpu: bool) -> float:
    """Return the p95 latency that raises an alert."""
    if settings.latency_p95_s is not None:
        return settings.latency_p95_s
    return CPU_LATENCY_S if on_cpu else GPU_LATENCY_S


def _rules(settings: AlertSettings, on_cpu: bool) -> list[Rule]:
    limit_s = latency_limit_s(settings, on_cpu)

    def down(sample: Sample) -> Verdict:
        if sample.status is Status.DOWN:
            return Verdict(True, f"backend down: {sample.problem}")
        return Verdict(False, "backend up" if sample.status is Status.UP else "backend off")

    def kv_cache(sample: Sample) -> Verdict | None:
        use = sample.measures.kv_cache_use
        if use is None:
            return _fine_when_off(sample)
        return Verdict(use > settings.kv_cache_use, f"KV cache {use:.0%} full (limit {settings.kv_cache_use:.0%})")

    def latency(sample: Sample) -> Verdict | None:
        p95_s, measures = sample.measures.latency_p95_s, sample.measures
        if p95_s is not None:
            return Verdict(p95_s > limit_s, f"latency p95 {p95_s:.1f} s (limit {limit_s:g} s)")
        # No request ended: with requests at work that is no good sign, without any nothing is slow.
        is_idle = sample.status is Status.UP and not measures.running and not measures.waiting
        return Verdict(False, "no requests") if is_idle else _fine_when_off(sample)

    def errors(sample: Sample) -> Verdict | None:
        count = sample.measures.errors
        if count is None:
            return _fine_when_off(sample)
        return Verdict(count > settings.errors, f"{count} failed {'request' if count == 1 else 'requests'}")

    return [
        Rule("backend-down", down, settings.samples, 1),
        Rule("kv-cache", kv_cache, settings.samples, settings.samples),
        Rule("latency", latency, settings.samples, settings.samples),
        Rule("errors", errors, 1, settings.samples),
    ]


def _fine_when_off(sample: Sample) -> Verdict | None:
    """Return that all is well when nobody wants the backend; of one that is down nothing is known."""
    return Verdict(False, "backend off") if sample.status is Status.OFF else None
