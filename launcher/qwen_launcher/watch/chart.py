"""Draws one quantity over time as inline SVG that needs neither script nor anything from elsewhere."""

from __future__ import annotations

import math
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from qwen_launcher.watch.history import EventKind
from qwen_launcher.watch.quantities import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from qwen_launcher.watch.bins import Bin
    from qwen_launcher.watch.history import Event
    from qwen_launcher.watch.quantities import Line, Quantity

    _Scale: TypeAlias = Callable[[float], float]

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 62, 10, 14, 26
GRID_LINES = 4
TIME_LABELS = 6
DAY_S = 86400.0


def clock_time(time_s: float, span_s: float) -> str:
    """Return the local time of day, with the date where the time alone would be ambiguous."""
    moment = datetime.fromtimestamp(time_s).astimezone()
    return moment.strftime("%H:%M" if span_s <= DAY_S else "%d %b %H:%M")


def draw(quantity: Quantity, bins: Sequence[Bin], events: Sequence[Event]) -> str:
    """Return the `svg` element: lines over `bins`, which cover the whole time, and a mark at each alert of `events`."""
    start_s, end_s = bins[0].start_s, bins[-1].end_s
    values = {line: [stretch.value(line) for stretch in bins] for line in quantity.lines}
    known = [value for row in values.values() for value in row if value is not None]
    top = quantity.top or nice_top(max(known, default=0.0))
    if quantity.unit is Unit.REQUESTS:
        # There is no half of a request at a grid line.
        top = math.ceil(top / GRID_LINES) * GRID_LINES

    def x(time_s: float) -> float:
        return LEFT + (time_s - start_s) / (end_s - start_s) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - min(value / top, 1.0) * (HEIGHT - TOP - BOTTOM)

    parts = [_grid(quantity, top, y), _time_axis(start_s, end_s, x)]
    parts += [_alert(event, x(event.time_s)) for event in events if event.kind is EventKind.ALERT]
    for number, (line, row) in enumerate(values.items()):
        points = [
            None if value is None else (x((stretch.start_s + stretch.end_s) / 2), y(value))
            for stretch, value in zip(bins, row, strict=True)
        ]
        parts.append(f'<path class="line line-{number}" d="{_path(points)}"><title>{escape(line.name)}</title></path>')
    parts += [_tip(quantity, values, number, stretch, x) for number, stretch in enumerate(bins)]
    if not known:
        parts.append(f'<text class="none" x="{WIDTH / 2}" y="{HEIGHT / 2}">no data</text>')
    label = escape(summary(quantity, bins), quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def summary(quantity: Quantity, bins: Sequence[Bin]) -> str:
    """Return the chart in one sentence, for who cannot see it."""
    span_s = bins[-1].end_s - bins[0].start_s
    facts = []
    for line in quantity.lines:
        known = [(value, stretch.start_s) for stretch in bins if (value := stretch.value(line)) is not None]
        if known:
            peak, time_s = max(known)
            facts.append(
                f"{line.name} at most {quantity.unit.show(peak)} at {clock_time(time_s, span_s)}, "
                f"last {quantity.unit.show(known[-1][0])}"
            )
    return f"{quantity.title}: {'; '.join(facts) or 'no data'}."


def nice_top(highest: float) -> float:
    """Return the next number of the form 1, 2, 2.5, 4, 5 or 8 times a power of ten; 1 for zero."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= highest)


def _grid(quantity: Quantity, top: float, y: _Scale) -> str:
    parts = []
    for number in range(GRID_LINES + 1):
        value = top * number / GRID_LINES
        height = y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>')
        label = escape(quantity.unit.show(value))
        parts.append(f'<text class="y-label" x="{LEFT - 6}" y="{height + 4:.1f}">{label}</text>')
    return "".join(parts)


def _time_axis(start_s: float, end_s: float, x: _Scale) -> str:
    labels = []
    for number in range(TIME_LABELS + 1):
        time_s = start_s + (end_s - start_s) * number / TIME_LABELS
        anchor = {0: "start", TIME_LABELS: "end"}.get(number, "middle")
        # Dates make labels long: every second one is left out.
        if end_s - start_s <= DAY_S or number % 2 == 0:
            text = escape(clock_time(time_s, end_s - start_s))
            labels.append(
                f'<text class="x-label" text-anchor="{anchor}" x="{x(time_s):.1f}" y="{HEIGHT - 8}">{text}</text>'
            )
    return "".join(labels)


def _alert(event: Event, at: float) -> str:
    title = escape(f"alert {event.rule}, {clock_time(event.time_s, math.inf)}: {event.message}")
    return (
        f'<g class="alert"><title>{title}</title><line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f'<path d="M{at:.1f} {TOP} l-5 -9 h10 z"/></g>'
    )


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the path through the points, broken where one is unknown; a point that stands alone becomes a dot."""
    parts: list[str] = []
    is_down = False
    for point in points:
        if point is None:
            is_down = False
        else:
            # The line of no length is drawn as a dot by round line ends.
            at = f"{point[0]:.1f} {point[1]:.1f}"
            parts.append(f"L{at}" if is_down else f"M{at}h0")
            is_down = True
    return "".join(parts)


def _tip(quantity: Quantity, values: dict[Line, list[float | None]], number: int, stretch: Bin, x: _Scale) -> str:
    """Return an invisible area that says the values of one stretch when pointed at."""
    shown = [
        f"{line.name} {quantity.unit.show(value)}" for line, row in values.items() if (value := row[number]) is not None
    ]
    if not shown:
        return ""
    left, right = x(stretch.start_s), x(stretch.end_s)
    text = escape(f"{clock_time(stretch.start_s, math.inf)}: {', '.join(shown)}")
    return (
        f'<rect class="tip" x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{HEIGHT - TOP - BOTTOM}">'
        f"<title>{text}</title></rect>"
    )
