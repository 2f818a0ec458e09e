"""What one reading of vLLM's ``/metrics`` says, and what changed between two of them.

The text is Prometheus' exposition format; the names are those of vLLM 0.32 (vllm/v1/metrics/loggers.py) and of its HTTP
layer (prometheus-fastapi-instrumentator). Where several engines or models share one server, counters, histograms and
queue lengths are added up and the fullest cache counts. What a server does not export is None and never an error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from qwen_launcher.errors import LauncherError

KV_CACHE = "vllm:kv_cache_usage_perc"
RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"
FINISHED = "vllm:request_success_total"
FAILED_REASONS = frozenset({"error", "abort"})
"""Of `FINISHED`; a client that hangs up is counted as neither."""
REJECTED = "vllm:admission_rejections_total"
HTTP_REQUESTS = "http_requests_total"
GENERATED = "vllm:generation_tokens_total"
CACHE_QUERIES, CACHE_HITS = "vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total"
LATENCY, FIRST_TOKEN = "vllm:e2e_request_latency_seconds", "vllm:time_to_first_token_seconds"
STARTED = LATENCY + "_created"
"""When the histogram was made, which tells one run of the server from the next."""
COUNTERS = frozenset({FINISHED, REJECTED, GENERATED, CACHE_QUERIES, CACHE_HITS})
HISTOGRAMS = frozenset({LATENCY, FIRST_TOKEN})


class MetricsError(LauncherError):
    """The server's answer is not a vLLM's metrics, or there is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of `/metrics`; counters and histograms count from the server's start.

    `histograms` holds, by name, the number of observations up to each upper bound (in seconds, the last is infinite).
    """

    time_s: float
    kv_cache_use: float | None = None
    running: int | None = None
    waiting: int | None = None
    started_s: float | None = None
    counters: dict[str, float] = field(default_factory=dict)
    failed_requests: float = 0.0
    http_errors: float = 0.0
    histograms: dict[str, dict[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """What the present reading says, and what happened since the one before; None where that cannot be known.

    Shares are 0 to 1. Quantiles are of requests that ended since the reading before, so None when there were none.
    """

    kv_cache_use: float | None = None
    running: int | None = None
    waiting: int | None = None
    latency_p50_s: float | None = None
    latency_p95_s: float | None = None
    first_token_p50_s: float | None = None
    first_token_p95_s: float | None = None
    finished: int | None = None
    errors: int | None = None
    cache_hit_share: float | None = None
    tokens_per_s: float | None = None


def parse(text: str, time_s: float) -> Reading:
    """Return the reading taken at `time_s` (seconds since the epoch).

    Raises:
        MetricsError: the text is not in the exposition format, or no vLLM wrote it.
    """
    kv_cache_use: float | None = None
    started_s: float | None = None
    queues: dict[str, float] = {}
    counters: dict[str, float] = {}
    histograms: dict[str, dict[float, float]] = {}
    failed_requests = http_errors = 0.0
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name, labels, value = sample.name, sample.labels, sample.value
                if math.isnan(value):
                    continue
                if name in COUNTERS:
                    counters[name] = counters.get(name, 0.0) + value
                    if name == FINISHED and labels.get("finished_reason") in FAILED_REASONS:
                        failed_requests += value
                elif name in {RUNNING, WAITING}:
                    queues[name] = queues.get(name, 0.0) + value
                elif name == KV_CACHE:
                    kv_cache_use = max(value, kv_cache_use or 0.0)
                elif name == HTTP_REQUESTS:
                    http_errors += value if labels.get("status", "").startswith("5") else 0.0
                elif name == STARTED:
                    started_s = max(value, started_s or 0.0)
                elif name.removesuffix("_bucket") in HISTOGRAMS and name.endswith("_bucket"):
                    buckets = histograms.setdefault(name.removesuffix("_bucket"), {})
                    bound = float(labels["le"])
                    buckets[bound] = buckets.get(bound, 0.0) + value
    except (ValueError, KeyError) as error:
        raise MetricsError(f"the answer is not in Prometheus' text format ({error}); is this a vLLM server?") from error
    if not counters and not histograms and kv_cache_use is None:
        raise MetricsError("the answer holds none of vLLM's metrics; is this a vLLM server?")
    return Reading(
        time_s,
        kv_cache_use,
        _whole(queues.get(RUNNING)),
        _whole(queues.get(WAITING)),
        started_s,
        counters,
        failed_requests,
        http_errors,
        histograms,
    )


def measure(now: Reading, before: Reading | None) -> Measures:
    """Return the measures of `now`; without `before` those that need no comparison."""
    if before is None:
        return Measures(now.kv_cache_use, now.running, now.waiting)
    if _restarted(now, before):
        # Everything counted since the start is new; what the earlier run counted after its last reading is lost.
        before = Reading(before.time_s)
    deltas = {name: value - before.counters.get(name, 0.0) for name, value in now.counters.items()}
    latency, first_token = (_new_observations(now, before, name) for name in (LATENCY, FIRST_TOKEN))
    queries = deltas.get(CACHE_QUERIES)
    elapsed_s = now.time_s - before.time_s
    generated = deltas.get(GENERATED)
    return Measures(
        now.kv_cache_use,
        now.running,
        now.waiting,
        quantile(0.5, latency),
        quantile(0.95, latency),
        quantile(0.5, first_token),
        quantile(0.95, first_token),
        _whole(deltas.get(FINISHED)),
        _errors(now, before, deltas),
        deltas.get(CACHE_HITS, 0.0) / queries if queries else None,
        generated / elapsed_s if generated is not None and elapsed_s > 0 else None,
    )


def quantile(share: float, buckets: dict[float, float]) -> float | None:
    """Return the value that `share` of the observations do not exceed, or None when there are none.

    As Prometheus' histogram_quantile: linear within a bucket, the first starts at 0, and what lies above the last
    finite bound is reported as that bound.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0.0
    if total <= 0:
        return None
    rank = share * total
    lower_bound, below = 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if math.isinf(bound):
                return lower_bound
            within = buckets[bound] - below
            return lower_bound + (bound - lower_bound) * ((rank - below) / within if within else 1.0)
        lower_bound, below = bound, buckets[bound]
    return lower_bound


def _restarted(now: Reading, before: Reading) -> bool:
    """Return whether the counters began anew: another start time, or any that went back."""
    if None not in (now.started_s, before.started_s) and now.started_s != before.started_s:
        return True
    counters_fell = any(now.counters.get(name, 0.0) < value for name, value in before.counters.items())
    buckets_fell = any(
        now.histograms.get(name, {}).get(bound, 0.0) < value
        for name, buckets in before.histograms.items()
        for bound, value in buckets.items()
    )
    return counters_fell or buckets_fell or now.http_errors < before.http_errors


def _new_observations(now: Reading, before: Reading, name: str) -> dict[float, float]:
    earlier = before.histograms.get(name, {})
    return {bound: value - earlier.get(bound, 0.0) for bound, value in now.histograms.get(name, {}).items()}


def _errors(now: Reading, before: Reading, deltas: dict[str, float]) -> int:
    """Return how many requests failed; the engine's count and the HTTP layer's are of the same requests, mostly.

    A reply that fails while it is streamed is an error only to the engine, a crash of the HTTP layer only to that one.
    """
    engine = now.failed_requests - before.failed_requests + deltas.get(REJECTED, 0.0)
    return round(max(engine, now.http_errors - before.http_errors))


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
