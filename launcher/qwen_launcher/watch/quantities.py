"""The measures as people see them: their names, their units, and which belong on one chart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qwen_launcher.watch.metrics import Measures


class Unit(StrEnum):
    """What a number counts, and so how it is written."""

    SHARE = "%"
    SECONDS = "s"
    TOKENS_PER_SECOND = "/s"
    REQUESTS = "requests"

    def show(self, value: float) -> str:
        """Return `value` with its unit; requests are plain numbers."""
        if self is Unit.SHARE:
            return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"
        number = f"{value:.0f}" if value >= 100 or float(value).is_integer() else f"{value:.3g}"
        return number if self is Unit.REQUESTS else f"{number} s" if self is Unit.SECONDS else f"{number}/s"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: `field` of `Measures`. `total`: over a stretch of time it is added up; of others the peak counts."""

    field: str
    name: str
    total: bool = False

    def value(self, measures: Measures) -> float | None:
        """Return the measure."""
        value: float | None = getattr(measures, self.field)
        return value


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one chart, or one block of rows, is about; `top` is where its axis ends, if that is fixed."""

    key: str
    title: str
    unit: Unit
    lines: tuple[Line, ...]
    top: float | None = None


QUANTITIES = (
    Quantity("kv-cache", "KV cache use", Unit.SHARE, (Line("kv_cache_use", "in use"),), top=1.0),
    Quantity(
        "latency", "End-to-end latency", Unit.SECONDS, (Line("latency_p50_s", "p50"), Line("latency_p95_s", "p95"))
    ),
    Quantity(
        "first-token",
        "Time to first token",
        Unit.SECONDS,
        (Line("first_token_p50_s", "p50"), Line("first_token_p95_s", "p95")),
    ),
    Quantity("throughput", "Generated tokens", Unit.TOKENS_PER_SECOND, (Line("tokens_per_s", "generated"),)),
    Quantity("queue", "Requests at work", Unit.REQUESTS, (Line("running", "running"), Line("waiting", "waiting"))),
    Quantity("errors", "Failed requests", Unit.REQUESTS, (Line("errors", "failed", total=True),)),
    Quantity("cache-hits", "Prefix cache hits", Unit.SHARE, (Line("cache_hit_share", "hits"),), top=1.0),
)
