"""Reading vLLM's metrics, and what changed between two readings."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from qwen_launcher.watch.metrics import GENERATED, LATENCY, Measures, MetricsError, Reading, measure, parse, quantile
from tests.launcher.watch.conftest import RECORDED

# Seconds between the recordings, and what a person finds in them.
STARTED, SERVED, BUSY, DONE = (
    parse((RECORDED / f"{name}.txt").read_text(encoding="utf-8"), time_s)
    for name, time_s in (("started", 0.0), ("three-requests", 167.0), ("six-running", 176.0), ("six-done", 284.0))
)


def test_first_reading_has_no_rates():
    """Without an earlier reading only what is true at the moment is known."""
    assert measure(BUSY, None) == Measures(kv_cache_use=pytest.approx(0.0257, abs=1e-4), running=6, waiting=0)


def test_recorded_run():
    """Three requests of 47 to 64 s and 167 tokens each: latencies, tokens and cache hits are those of the recording."""
    measures = measure(SERVED, STARTED)
    assert measures.finished == 3
    assert 50 <= measures.latency_p50_s <= 60
    assert 60 < measures.latency_p95_s <= 120
    assert measures.first_token_p50_s < measures.latency_p50_s
    assert measures.tokens_per_s == pytest.approx(501 / 167)
    assert 0.5 < measures.cache_hit_share < 1
    # The request for an unknown model was the client's mistake.
    assert measures.errors == 0


def test_quantiles_are_of_new_requests():
    """While six run none has ended, so there is no latency; when they end, it is theirs and not the first three's."""
    assert measure(BUSY, SERVED).latency_p95_s is None
    measures = measure(DONE, BUSY)
    assert measures.finished == 6
    assert measures.running == 0
    assert 60 < measures.latency_p50_s <= 120


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (STARTED, DONE),
        (SERVED, DONE),
        # As many requests as before, but another start time.
        (replace(DONE, started_s=DONE.started_s + 500), replace(DONE, time_s=0.0)),
    ],
)
def test_restart_is_no_negative_rate(now, before):
    """A restarted engine counts from zero: what it counted since is the news, and nothing is negative."""
    before = replace(before, time_s=now.time_s - 30)
    measures = measure(now, before)
    assert measures == measure(now, Reading(now.time_s - 30))
    assert measures.finished == now.histograms[LATENCY][math.inf]
    assert measures.tokens_per_s == now.counters[GENERATED] / 30


def test_restart_without_start_time():
    """A server that exports no start times is seen to have restarted by counters that fell."""
    now, before = replace(STARTED, started_s=None, time_s=300.0), replace(DONE, started_s=None)
    assert measure(now, before).finished == 0
    assert measure(now, before).errors == 0


ERRORS = """\
# TYPE vllm:request_success_total counter
vllm:request_success_total{{finished_reason="stop"}} {stop}
vllm:request_success_total{{finished_reason="error"}} {error}
vllm:request_success_total{{finished_reason="abort"}} {abort}
vllm:admission_rejections_total{{reason="max_num_queued_reqs"}} {rejected}
http_requests_total{{handler="/v1/chat/completions",method="POST",status="5xx"}} {http}
http_requests_total{{handler="/v1/chat/completions",method="POST",status="4xx"}} 7
"""
NONE = {"stop": 1, "error": 0, "abort": 0, "rejected": 0, "http": 0}


@pytest.mark.parametrize(
    ("counted", "errors"),
    [
        ({"stop": 9}, 0),
        ({"error": 1}, 1),
        ({"abort": 2}, 2),
        ({"rejected": 3}, 3),
        ({"http": 2}, 2),
        ({"error": 1, "abort": 1, "http": 2}, 2),
    ],
)
def test_errors(counted, errors):
    """Errors of the engine and of the HTTP layer count, and one that both have seen counts once."""
    now = parse(ERRORS.format(**(NONE | counted)), 30.0)
    assert measure(now, parse(ERRORS.format(**NONE), 0.0)).errors == errors


def test_several_engines_are_added_up():
    """Behind one address the queues and counters of engines add up; the fullest cache is the one that matters."""
    text = "".join(
        f'vllm:kv_cache_usage_perc{{engine="{engine}"}} {use}\n'
        f'vllm:num_requests_running{{engine="{engine}"}} 2\n'
        f'vllm:generation_tokens_total{{engine="{engine}"}} {tokens}\n'
        for engine, use, tokens in ((0, 0.9, 100), (1, 0.2, 50))
    )
    measures = measure(parse(text, 10.0), Reading(0.0))
    assert (measures.kv_cache_use, measures.running, measures.tokens_per_s) == (0.9, 4, 15.0)


@pytest.mark.parametrize(
    "text", ["", "<!doctype html><p>hello", "python_info 1\n", "vllm:kv_cache_usage_perc{ 1", "\0"]
)
def test_foreign_answers(text):
    """What no vLLM would answer is an error with a question that helps, never a crash."""
    with pytest.raises(MetricsError, match="is this a vLLM server"):
        parse(text, 0.0)


INF = math.inf


@pytest.mark.parametrize(
    ("buckets", "share", "expected"),
    [
        ({}, 0.5, None),
        ({1.0: 0, INF: 0}, 0.5, None),
        ({1.0: 10, 2.0: 10, INF: 10}, 0.5, 0.5),
        ({1.0: 5, 2.0: 10, INF: 10}, 0.95, 1.9),
        ({1.0: 0, 2.0: 0, 4.0: 4, INF: 4}, 0.5, 3.0),
        # Above the last bound nobody knows how far.
        ({1.0: 0, 2.0: 0, INF: 3}, 0.5, 2.0),
        ({INF: 3}, 0.5, 0.0),
    ],
)
def test_quantile(buckets, share, expected):
    """Quantiles are those that Prometheus would give."""
    assert quantile(share, buckets) == (None if expected is None else pytest.approx(expected))
