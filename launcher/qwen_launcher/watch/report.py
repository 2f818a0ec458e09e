"""Writes the history as one HTML page that asks nobody for anything: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import statistics
from dataclasses import dataclass
from datetime import datetime
from html import escape
from importlib.resources import files
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from qwen_launcher.watch.bins import split
from qwen_launcher.watch.chart import clock_time, draw
from qwen_launcher.watch.history import EventKind
from qwen_launcher.watch.quantities import QUANTITIES, Unit
from qwen_launcher.watch.source import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qwen_launcher.watch.bins import Bin
    from qwen_launcher.watch.history import Event
    from qwen_launcher.watch.quantities import Quantity
    from qwen_launcher.watch.source import Sample

MAX_CHART_BINS, MIN_CHART_BINS = 240, 12
MIN_BIN_S = 60.0
TABLE_ROWS = 24
EVERY_CHART = "backend-down"
"""The rule whose alerts concern every chart; the others are named as the chart they belong to."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is about: `target` from `start_s` to `end_s`, seconds since the epoch."""

    target: str
    start_s: float
    end_s: float
    samples: Sequence[Sample]
    events: Sequence[Event]


def page(report: Report) -> str:
    """Return the page."""
    style = files("qwen_launcher.watch").joinpath("report.css").read_text(encoding="utf-8")
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    bins = split(report.samples, report.start_s, report.end_s, _bin_count(report))
    rows = split(report.samples, report.start_s, report.end_s, TABLE_ROWS)
    zone = datetime.fromtimestamp(report.end_s).astimezone().strftime("%Z")
    span = f"{_date_time(report.start_s)} to {_date_time(report.end_s)} ({zone})"
    length = _length(bins[0].end_s - bins[0].start_s)
    body = [
        f"<header><h1>{escape(report.target)}</h1><p class=dim>{escape(span)}. Charts show the peak in each {length}, "
        "failed requests their sum; point at a line for its values.</p></header>",
        _facts(report),
        "<main>",
        _status(bins),
        *(_section(quantity, bins, rows, report.events) for quantity in QUANTITIES),
        _alerts(report.events),
        "</main>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(report.target)}: report</title><style>{style}</style></head>\n"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _bin_count(report: Report) -> int:
    """Return how many stretches a chart has: each long enough that it usually holds a sample, so that lines connect."""
    gaps = [later.time_s - earlier.time_s for earlier, later in pairwise(report.samples)]
    length_s = max(MIN_BIN_S, 2 * statistics.median(gaps) if gaps else 0.0)
    return max(MIN_CHART_BINS, min(MAX_CHART_BINS, int((report.end_s - report.start_s) / length_s)))


def _facts(report: Report) -> str:
    watched = [sample for sample in report.samples if sample.status is not Status.OFF]
    up = sum(sample.status is Status.UP for sample in watched)
    finished = sum(sample.measures.finished or 0 for sample in report.samples)
    errors = sum(sample.measures.errors or 0 for sample in report.samples)
    alerts = sum(event.kind is EventKind.ALERT for event in report.events)
    facts = [
        ("up, of the time wanted", Unit.SHARE.show(up / len(watched)) if watched else "-"),
        ("requests finished", str(finished)),
        ("requests failed", str(errors)),
        ("alerts", str(alerts)),
    ]
    return "<ul class=facts>" + "".join(f"<li><strong>{value}</strong>{name}</li>" for name, value in facts) + "</ul>"


def _status(bins: Sequence[Bin]) -> str:
    start_s, span_s = bins[0].start_s, bins[-1].end_s - bins[0].start_s
    parts, words = [], []
    for status, group in groupby(bins, key=lambda stretch: stretch.status):
        if status is None:
            continue
        run = list(group)
        text = f"{status}: {clock_time(run[0].start_s, span_s)} to {clock_time(run[-1].end_s, span_s)}"
        words.append(text)
        left, width = (seconds / span_s * 100 for seconds in (run[0].start_s - start_s, run[-1].end_s - run[0].start_s))
        problem = next((sample.problem for stretch in run for sample in stretch.samples if sample.problem), "")
        title = escape(f"{text} {problem}".strip())
        parts.append(
            f'<rect class="status-{status}" x="{left:.2f}%" width="{width:.2f}%" height="100%">'
            f"<title>{title}</title></rect>"
        )
    label = escape("Backend status: " + ("; ".join(words) or "not watched") + ".", quote=True)
    keys = "".join(
        _key(f'<rect class="status-{status}" width="18" height="8"/>', name)
        for status, name in ((Status.UP, "up"), (Status.OFF, "off, nobody wanted it"), (Status.DOWN, "down"))
    )
    band = f'<svg class=band role="img" aria-label="{label}">{"".join(parts)}</svg>'
    note = "" if words else "<p>Nothing was watched in this time; `qwen-launcher monitor` takes samples.</p>"
    return f'<section class=wide id="status"><h2>Backend</h2>{keys}{band}{note}</section>'


def _section(quantity: Quantity, bins: Sequence[Bin], rows: Sequence[Bin], events: Sequence[Event]) -> str:
    mine = [event for event in events if event.rule in {quantity.key, EVERY_CHART}]
    keys = "".join(
        _key(f'<path class="line line-{number}" d="M1 4h16"/>', line.name) for number, line in enumerate(quantity.lines)
    )
    return (
        f'<section id="{quantity.key}"><h2>{escape(quantity.title)}</h2>{keys}{draw(quantity, bins, mine)}'
        f"<details><summary>As a table</summary>{_table(quantity, rows)}</details></section>"
    )


def _key(drawing: str, name: str) -> str:
    return f'<span class=key><svg viewBox="0 0 18 8" aria-hidden="true">{drawing}</svg>{escape(name)}</span>'


def _table(quantity: Quantity, rows: Sequence[Bin]) -> str:
    span_s = rows[-1].end_s - rows[0].start_s
    head = "".join(f"<th scope=col>{escape(line.name)}</th>" for line in quantity.lines)
    lines = []
    for stretch in rows:
        values = [stretch.value(line) for line in quantity.lines]
        cells = "".join(f"<td>{'-' if value is None else escape(quantity.unit.show(value))}</td>" for value in values)
        lines.append(f"<tr><th scope=row>{escape(clock_time(stretch.start_s, span_s))}</th>{cells}</tr>")
    what = f"the sum or the peak in each {_length(rows[0].end_s - rows[0].start_s)}"
    return (
        f"<div class=scroll><table><caption class=dim>{escape(quantity.title)}, {what}</caption>"
        f"<thead><tr><th scope=col>from</th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _alerts(events: Sequence[Event]) -> str:
    if not events:
        return '<section class=wide id="alerts"><h2>Alerts</h2><p class=dim>None in this time.</p></section>'
    rows = "".join(
        f"<tr><td>{escape(_date_time(event.time_s))}</td>"
        f"<td class={'bad' if event.kind is EventKind.ALERT else 'good'}>{event.kind}</td>"
        f"<td>{escape(event.rule)}</td><td>{escape(event.message)}</td></tr>"
        for event in events
    )
    return (
        '<section class=wide id="alerts"><h2>Alerts</h2><div class=scroll><table><thead><tr><th scope=col>when</th>'
        "<th scope=col>what</th><th scope=col>rule</th><th scope=col>fact</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _date_time(time_s: float) -> str:
    return datetime.fromtimestamp(time_s).astimezone().strftime("%Y-%m-%d %H:%M")


def _length(length_s: float) -> str:
    return "minute" if round(length_s) == 60 else f"{length_s / 60:.3g} minutes"
