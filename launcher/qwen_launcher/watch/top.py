"""The live view in a terminal."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import time
import tty
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from qwen_launcher.watch.bins import split
from qwen_launcher.watch.quantities import QUANTITIES
from qwen_launcher.watch.source import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, RenderableType

    from qwen_launcher.watch.history import History
    from qwen_launcher.watch.quantities import Line, Quantity
    from qwen_launcher.watch.source import Sample, Sampler

REFRESH_S = 2.0
PAST_S = 3600.0
RECENT_S = 60.0
CELLS = 30
BARS = "▁▂▃▄▅▆▇█"
STATUS_STYLES = {Status.UP: "bold green", Status.OFF: "bold", Status.DOWN: "bold red"}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: the newest sample, those of the past hour (oldest first), and which alerts are open."""

    now: Sample
    past: Sequence[Sample]
    open_alerts: frozenset[str]


def render(view: View) -> RenderableType:
    """Return the view as a table, with the state above and open alerts below."""
    status = Text.assemble(
        (view.now.target, "bold"),
        "  ",
        (view.now.status.upper(), STATUS_STYLES[view.now.status]),
        f"  {view.now.problem}" if view.now.problem else "",
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("now", justify="right")
    table.add_column("peak, 1 h", justify="right")
    table.add_column("past hour", no_wrap=True)
    for quantity in QUANTITIES:
        for line in quantity.lines:
            name = quantity.title if len(quantity.lines) == 1 else f"{quantity.title}, {line.name}"
            table.add_row(name, *_cells(quantity, line, view))
    alerts = ", ".join(sorted(view.open_alerts))
    footer = Text(f"open alerts: {alerts}", "bold red") if alerts else Text("no open alerts", "dim")
    return Group(status, table, footer)


def show(sampler: Sampler, history: History, console: Console, clock: Callable[[], float] = time.time) -> None:
    """Show the view until q or Ctrl-C; only once where the terminal cannot be rewritten, or is none."""
    samples: list[Sample] = []

    def view() -> View:
        now = sampler.sample(clock())
        since_s = now.time_s - PAST_S
        samples[:] = [sample for sample in samples if sample.time_s >= since_s] + [now]
        past = sorted([*history.samples(sampler.target, since_s), *samples], key=lambda sample: sample.time_s)
        return View(now, past, frozenset(history.open_alerts(sampler.target)))

    if not console.is_terminal or console.is_dumb_terminal or not sys.stdin.isatty():
        console.print(render(view()))
        return
    hint = Text("q: quit", "dim")
    with _single_keys() as key_within, Live(console=console, screen=True, auto_refresh=False) as live:
        live.update(Group(render(view()), hint), refresh=True)
        while key_within(REFRESH_S) not in {"q", "Q", "\x03", ""}:
            live.update(Group(render(view()), hint), refresh=True)


def sparkline(values: Sequence[float | None], top: float | None = None) -> str:
    """Return one character for each value, blank for None; `top` is the value of a full bar, by default the highest."""
    highest = top or max((value for value in values if value is not None), default=0.0)
    steps = len(BARS) - 1
    return "".join(
        " " if value is None else BARS[min(round(value / highest * steps), steps) if highest else 0] for value in values
    )


def _cells(quantity: Quantity, line: Line, view: View) -> tuple[str, str, str]:
    now = _newest(line, view)
    bins = split(view.past, view.now.time_s - PAST_S, view.now.time_s, CELLS)
    values = [stretch.value(line) for stretch in bins]
    peak = max((value for value in values if value is not None), default=None)
    shown = [quantity.unit.show(value) if value is not None else "-" for value in (now, peak)]
    return shown[0], shown[1], sparkline(values, quantity.top)


def _newest(line: Line, view: View) -> float | None:
    """Return the newest value known of the past minute: a latency is known only when a request has just ended."""
    if view.now.status is not Status.UP:
        return None
    recent = (sample for sample in reversed(view.past) if sample.time_s >= view.now.time_s - RECENT_S)
    return next((value for sample in recent if (value := line.value(sample.measures)) is not None), None)


@contextlib.contextmanager
def _single_keys() -> Iterator[Callable[[float], str | None]]:
    """Read keys as they are pressed: the yielded function waits for one, None if none came; "" is the input's end."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def key_within(timeout_s: float) -> str | None:
        readable, _, _ = select.select([descriptor], [], [], timeout_s)
        return os.read(descriptor, 1).decode("ascii", "replace") if readable else None

    tty.setcbreak(descriptor)
    try:
        yield key_within
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
