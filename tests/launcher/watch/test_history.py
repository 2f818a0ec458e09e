"""The history: what is kept, for how long, and what several monitors do to it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from qwen_launcher.watch.history import Event, EventKind, History, HistoryError
from qwen_launcher.watch.metrics import Measures
from qwen_launcher.watch.source import Sample, Status

SAMPLE = Sample(100.0, "t", Status.UP, Measures(kv_cache_use=0.5, running=2, errors=0, tokens_per_s=12.5))
ALERT = Event(100.0, "t", "kv-cache", EventKind.ALERT, "full")
RECOVERY = replace(ALERT, kind=EventKind.RECOVERY, message="fine")


def test_round_trip(history):
    """Samples and events come back as they were, oldest first, of the asked backend and time only."""
    later = Sample(200.0, "t", Status.DOWN, problem="gone")
    for sample in (later, SAMPLE, replace(SAMPLE, target="other"), replace(SAMPLE, time_s=50.0)):
        history.add(sample)
    assert history.samples("t", 100.0) == [SAMPLE, later]
    assert history.record(ALERT)
    assert history.events("t", 0.0) == [ALERT]
    assert history.events("other", 0.0) == []


def test_an_event_is_news_once(history):
    """An alert that is open is not raised again, and one that is not open is not ended."""
    news = [history.record(event) for event in (RECOVERY, ALERT, ALERT, RECOVERY, RECOVERY, ALERT)]
    assert news == [False, True, False, True, False, True]
    assert history.open_alerts("t") == {"kv-cache"}
    assert history.record(replace(ALERT, target="other"))


def test_pruning_keeps_open_alerts(history):
    """Old samples and events go; an alert that has been open for longer stays known as open."""
    history.add(SAMPLE)
    history.add(replace(SAMPLE, time_s=300.0))
    for event in (ALERT, RECOVERY, replace(ALERT, time_s=150.0)):
        history.record(event)
    history.prune(200.0)
    assert [sample.time_s for sample in history.samples("t", 0.0)] == [300.0]
    assert [event.time_s for event in history.events("t", 0.0)] == [150.0]
    assert history.open_alerts("t") == {"kv-cache"}


def test_newer_schema(tmp_path):
    """The file of a newer launcher is refused with the remedy, and left as it is."""
    path = tmp_path / "history.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    before = path.read_bytes()
    with pytest.raises(HistoryError, match=r"newer qwen-launcher \(schema 2, this one knows 1\); update"):
        History(path)
    assert path.read_bytes() == before


def test_damaged_file(tmp_path):
    """A file that is no database is a message that names it."""
    path = tmp_path / "history.sqlite3"
    path.write_text("no database at all, but long enough to look like one" * 20)
    with pytest.raises(HistoryError, match=r"history\.sqlite3 cannot be used"):
        History(path)


def test_is_private(history, tmp_path):
    """Only the user can read the history."""
    history.add(SAMPLE)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}


WRITER = """\
import sys
from pathlib import Path
from qwen_launcher.watch.history import Event, EventKind, History
from qwen_launcher.watch.source import Sample, Status
sys.stdin.readline()
with History(Path(sys.argv[1])) as history:
    news = 0
    for number in range(100):
        history.add(Sample(float(number), sys.argv[2], Status.UP))
        kind = (EventKind.ALERT, EventKind.RECOVERY)[number % 2]
        news += history.record(Event(float(number), "shared", "rule", kind, sys.argv[2]))
    print(news)
"""


def test_several_writers(tmp_path):
    """Monitors that begin at the same moment make one history, lose nothing, and never both tell the same news."""
    path = tmp_path / "history.sqlite3"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    news = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with History(path) as history:
        assert [len(history.samples(name, 0.0)) for name in ("one", "two", "three")] == [100, 100, 100]
        kinds = [event.kind for event in history.events("shared", 0.0)]
    assert len(kinds) == sum(news)
    assert all(first is not second for first, second in pairwise(kinds))
