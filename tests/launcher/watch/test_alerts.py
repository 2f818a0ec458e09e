"""When an alert is due, and when it is over."""

from __future__ import annotations

import pytest

from qwen_launcher.watch.alerts import Alerts
from qwen_launcher.watch.history import EventKind
from qwen_launcher.watch.metrics import Measures
from qwen_launcher.watch.settings import AlertSettings
from qwen_launcher.watch.source import Sample, Status


def up(**measures: float) -> Sample:
    """Return a sample of a backend that is up and idle, but for `measures`."""
    idle = {"kv_cache_use": 0.1, "running": 0, "waiting": 0, "errors": 0}
    return Sample(0.0, "t", Status.UP, Measures(**(idle | measures)))


FINE, FULL = up(), up(kv_cache_use=0.96)
SLOW, QUICK, AT_WORK = up(latency_p95_s=2.1), up(latency_p95_s=1.0), up(running=1)
FAILED = up(errors=1)
OFF, DOWN = Sample(0.0, "t", Status.OFF), Sample(0.0, "t", Status.DOWN, problem="process 7 is gone")


def told(rule: str, samples: list[Sample], settings: AlertSettings | None = None, on_cpu: bool = False) -> list[str]:
    """Return, for each sample, what is said of `rule`: alert, recovery or nothing."""
    alerts = Alerts(settings or AlertSettings())
    said = []
    for sample in samples:
        events = [event for event in alerts.judge(sample, on_cpu) if event.rule == rule]
        said.append(str(events[0].kind) if events else "")
    return said


A, R, N = str(EventKind.ALERT), str(EventKind.RECOVERY), ""


@pytest.mark.parametrize(
    ("rule", "samples", "expected"),
    [
        ("kv-cache", [FULL, FULL, FULL, FULL], [N, N, A, A]),
        ("kv-cache", [FULL, FULL, FINE, FULL, FULL], [N, N, N, N, N]),
        ("kv-cache", [FULL, FULL, FULL, FINE, FINE, FINE], [N, N, A, N, N, R]),
        # A flapping value ends nothing.
        ("kv-cache", [FULL, FULL, FULL, FINE, FULL, FINE, FINE], [N, N, A, N, N, N, N]),
        ("kv-cache", [up(kv_cache_use=0.95)] * 3, [N, N, R]),
        ("latency", [SLOW, SLOW, SLOW], [N, N, A]),
        # While requests are at work and none has ended, nothing is known; an idle backend is not slow.
        ("latency", [SLOW, AT_WORK, SLOW, AT_WORK, SLOW], [N, N, N, N, A]),
        ("latency", [SLOW, SLOW, FINE, SLOW], [N, N, N, N]),
        ("latency", [QUICK, FINE, QUICK], [N, N, R]),
        ("errors", [FAILED], [A]),
        ("errors", [FAILED, FINE, FINE, FINE], [A, N, N, R]),
        ("backend-down", [DOWN, DOWN, DOWN], [N, N, A]),
        ("backend-down", [DOWN, DOWN, DOWN, FINE], [N, N, A, R]),
        ("backend-down", [DOWN, DOWN, FINE, DOWN], [N, N, R, N]),
        # Stopped on purpose, or because nobody needs it.
        ("backend-down", [FINE, OFF, OFF, OFF], [R, R, R, R]),
        ("kv-cache", [FULL, FULL, DOWN, FULL], [N, N, N, A]),
        ("kv-cache", [FULL, FULL, FULL, OFF, OFF, OFF], [N, N, A, N, N, R]),
        ("errors", [DOWN, DOWN], [N, N]),
    ],
)
def test_rules(rule, samples, expected):
    """A rule must hold for its number of samples in a row, and be clearly over before that is said."""
    assert told(rule, samples) == expected


@pytest.mark.parametrize(
    ("settings", "on_cpu", "latency_s", "alert"),
    [
        (AlertSettings(), False, 2.1, True),
        (AlertSettings(), True, 59.0, False),
        (AlertSettings(), True, 61.0, True),
        (AlertSettings(latency_p95_s=5.0), True, 6.0, True),
        (AlertSettings(latency_p95_s=5.0), False, 4.0, False),
    ],
)
def test_latency_limit(settings, on_cpu, latency_s, alert):
    """A CPU is given more time than a GPU, and the user's own limit holds for both."""
    assert (A in told("latency", [up(latency_p95_s=latency_s)] * 3, settings, on_cpu)) == alert


def test_limits_are_the_users():
    """The user's limits and number of samples take the place of the defaults."""
    settings = AlertSettings(kv_cache_use=0.5, errors=3, samples=1)
    assert told("kv-cache", [up(kv_cache_use=0.6), FINE], settings) == [A, R]
    assert told("errors", [up(errors=3), up(errors=4)], settings) == [R, A]


def test_messages_hold_value_and_limit():
    """Who is alerted reads how bad it is, and why."""
    alerts = Alerts(AlertSettings(samples=1))
    samples = (up(kv_cache_use=0.97, latency_p95_s=3.25, errors=2), DOWN)
    said = {event.message for sample in samples for event in alerts.judge(sample, False) if event.kind == A}
    assert said == {
        "KV cache 97% full (limit 95%)",
        "latency p95 3.2 s (limit 2 s)",
        "2 failed requests",
        "backend down: process 7 is gone",
    }
