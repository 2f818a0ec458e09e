"""Commands that watch the backend: monitor, top, report."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher.cli.terminal import positive
from qwen_launcher.errors import LauncherError
from qwen_launcher.watch import history, settings
from qwen_launcher.watch.history import History
from qwen_launcher.watch.monitor import Monitor
from qwen_launcher.watch.quantities import QUANTITIES
from qwen_launcher.watch.report import Report, page
from qwen_launcher.watch.source import ForeignBackend, OwnBackend, Sampler
from qwen_launcher.watch.webhooks import Webhook, WebhookError

if TYPE_CHECKING:
    from qwen_launcher.cli.terminal import Commands, Terminal
    from qwen_launcher.watch.history import Event
    from qwen_launcher.watch.source import Finder, Sample

MAX_HOURS = 24 * 366
URL_HELP = "another vLLM, such as http://10.0.0.5:8000; default: the backend of this user"


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    monitor = commands.add_parser("monitor", help="watch the backend: keep a history, post alerts to webhooks")
    monitor.add_argument("--interval", type=positive, metavar="SECONDS", help="between samples (default: 30)")
    monitor.add_argument(
        "--webhook",
        action="append",
        type=_webhook,
        default=[],
        metavar="URL",
        help=f"post alerts there too; other users can see arguments, so {settings.FILE} is the better place",
    )
    monitor.add_argument("--url", help=URL_HELP)
    monitor.set_defaults(run=_monitor)
    top = commands.add_parser("top", help="show what the backend does, live")
    top.add_argument("--url", help=URL_HELP)
    top.set_defaults(run=_top)
    report = commands.add_parser("report", help="write what the monitor saw as a page with charts")
    report.add_argument(
        "--html", type=Path, required=True, metavar="FILE", help="the page; one file, nothing else needed"
    )
    report.add_argument("--hours", type=_hours, default=24, help="how far back (default: %(default)s)")
    report.add_argument("--url", help=URL_HELP)
    report.set_defaults(run=_report)


def _monitor(options: argparse.Namespace, terminal: Terminal) -> int:
    # Warnings (a webhook that fails, a setting that is unknown) are read hours later.
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    finder = _finder(options, terminal)
    configured = settings.load(settings.settings_path())
    configured = replace(configured, webhooks=(*configured.webhooks, *options.webhook))
    if options.interval:
        configured = replace(configured, interval_s=float(options.interval))
    with History(terminal.folders.data / history.FILE) as kept:
        hooks = ", ".join(str(webhook) for webhook in configured.webhooks) or "nobody; name a webhook to be told"
        print(f"watching {finder.target} every {configured.interval_s:g} s; alerts go to {hooks}", flush=True)

        def told(sample: Sample, news: list[Event]) -> None:
            terminal.progress.update(_sentence(sample))
            for event in news:
                terminal.progress.clear()
                when = datetime.fromtimestamp(event.time_s, UTC).isoformat(timespec="seconds")
                print(f"{when} {event.kind} {event.rule}: {event.message}", flush=True)

        monitor = Monitor(Sampler(finder), kept, configured, on_sample=told)
        try:
            monitor.run(threading.Event())
        except KeyboardInterrupt:
            # Ctrl-C and SIGTERM are how a monitor ends.
            terminal.progress.clear()
    return 0


def _top(options: argparse.Namespace, terminal: Terminal) -> int:
    # `rich` is needed here alone, and every other command starts faster without it.
    from rich.console import Console

    from qwen_launcher.watch.top import show

    with History(terminal.folders.data / history.FILE) as kept:
        try:
            show(Sampler(_finder(options, terminal)), kept, Console())
        except KeyboardInterrupt:
            return 0
    return 0


def _report(options: argparse.Namespace, terminal: Terminal) -> int:
    target, end_s = _finder(options, terminal).target, time.time()
    start_s = end_s - options.hours * 3600.0
    with History(terminal.folders.data / history.FILE) as kept:
        report = Report(target, start_s, end_s, kept.samples(target, start_s), kept.events(target, start_s))
    try:
        options.html.write_text(page(report), encoding="utf-8")
    except OSError as error:
        raise LauncherError(f"cannot write {options.html}: {error.strerror}") from error
    print(f"{options.html}: {len(report.samples)} samples, {len(report.events)} alerts and recoveries")
    if not report.samples:
        print(f"Nothing is known of {target} in this time; `qwen-launcher monitor` takes samples.", file=sys.stderr)
    return 0


def _finder(options: argparse.Namespace, terminal: Terminal) -> Finder:
    return OwnBackend(terminal.folders) if options.url is None else ForeignBackend.of(options.url)


def _sentence(sample: Sample) -> str:
    if sample.problem:
        return f"{sample.status}: {sample.problem}"
    shown = [
        f"{quantity.title} {quantity.unit.show(value)}"
        for quantity in QUANTITIES
        if (value := quantity.lines[-1].value(sample.measures)) is not None
    ]
    return f"{sample.status}: {', '.join(shown)}"


def _webhook(url: str) -> Webhook:
    try:
        return Webhook.of(url)
    except WebhookError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= MAX_HOURS:
        raise ValueError
    return hours
