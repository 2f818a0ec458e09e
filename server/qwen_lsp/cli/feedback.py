"""``qwen-lsp feedback``: what is kept of good and bad answers, on this machine alone."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from qwen_lsp.cli.common import BAD_FILE, fail
from qwen_lsp.feedback import Event, FeedbackError, Store, Verdict

_MAX_TYPES = 10


def feedback(options: argparse.Namespace) -> int:
    """Print a summary or all events, or delete them, and return the exit code."""
    store = Store()
    try:
        if options.action == "purge":
            print(f"{store.purge()} events deleted from {store.path}")
            return 0
        events = store.events()
    except FeedbackError as error:
        fail(str(error))
        return BAD_FILE
    if options.action == "export":
        for event in events:
            print(json.dumps(asdict(event)))
    else:
        print("\n".join(_report(events, str(store.path))))
    return 0


def _report(events: Sequence[Event], path: str) -> list[str]:
    lines = [f"{len(events)} events in {path}" + (f", {events[0].at} to {events[-1].at}" if events else "")]
    if not events:
        return lines
    lines += ["", *_table("", [(event.target, event) for event in events])]
    lines += ["", *_table("fixes, by how far they were checked", _by(events, "rung"))]
    lines += ["", *_table("most frequent failures", _by(events, "exception_type"))[: _MAX_TYPES + 1]]
    return lines


def _by(events: Iterable[Event], name: str) -> list[tuple[str, Event]]:
    return [(value, event) for event in events if (value := getattr(event, name)) is not None]


def _table(title: str, rows: Sequence[tuple[str, Event]]) -> list[str]:
    """Return one line for each name, the most frequent first, with a column for each verdict."""
    counts = Counter((name, event.verdict) for name, event in rows)
    lines = [f"{title:36}" + "".join(f"{verdict:>14}" for verdict in Verdict)]
    for name, _ in Counter(name for name, _ in rows).most_common():
        lines.append(f"{name[:35]:36}" + "".join(f"{counts[name, verdict]:14}" for verdict in Verdict))
    return lines
