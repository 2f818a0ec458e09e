"""The monitor: takes a sample now and then, keeps it, and tells who asked to be told."""

from __future__ import annotations

import logging
import platform
import time
from typing import TYPE_CHECKING

from qwen_launcher.watch.alerts import Alerts
from qwen_launcher.watch.history import EventKind, HistoryError
from qwen_launcher.watch.webhooks import RETRY_DELAYS_S, Courier

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from qwen_launcher.watch.history import Event, History
    from qwen_launcher.watch.settings import Settings
    from qwen_launcher.watch.source import Sample, Sampler

PRUNE_INTERVAL_S = 3600.0
FAREWELL_S = 5.0
"""How long the monitor's end may take for messages that are on their way."""
DAY_S = 86400.0

logger = logging.getLogger(__name__)


class Monitor:
    """Watches one backend."""

    def __init__(
        self,
        sampler: Sampler,
        history: History,
        settings: Settings,
        *,
        on_sample: Callable[[Sample, list[Event]], None],
        clock: Callable[[], float] = time.time,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
    ) -> None:
        self._sampler = sampler
        self._history = history
        self._settings = settings
        self._on_sample = on_sample
        self._clock = clock
        self._alerts = Alerts(settings.alerts)
        self._couriers = [Courier(webhook, platform.node(), retry_delays_s) for webhook in settings.webhooks]
        self._next_prune_s = 0.0
        self._last_kinds: dict[str, EventKind] = {}

    def run(self, stop: threading.Event) -> None:
        """Take samples until `stop` is set; the last alerts are delivered before this returns, if that is quick."""
        try:
            due_s = time.monotonic()
            while not stop.is_set():
                self.step()
                # Samples stay a whole interval apart; after a suspend those missed are not made up for.
                due_s = max(due_s + self._settings.interval_s, time.monotonic())
                stop.wait(due_s - time.monotonic())
        finally:
            self.close()

    def step(self) -> None:
        """Take one sample. A history that cannot be written is logged: the next sample may do better."""
        sample = self._sampler.sample(self._clock())
        events = self._alerts.judge(sample, self._sampler.on_cpu)
        try:
            self._history.add(sample)
            if sample.time_s >= self._next_prune_s:
                self._next_prune_s = sample.time_s + PRUNE_INTERVAL_S
                self._history.prune(sample.time_s - self._settings.keep_days * DAY_S)
        except HistoryError as error:
            logger.warning("%s", error)
        news = [event for event in events if self._is_news(event)]
        for event in news:
            for courier in self._couriers:
                courier.send(event)
        self._on_sample(sample, news)

    def _is_news(self, event: Event) -> bool:
        """Return whether nobody has told of `event`; a full disk, say, must not keep it from being told."""
        try:
            news = self._history.record(event)
        except HistoryError as error:
            logger.warning("%s", error)
            news = self._last_kinds.get(event.rule, EventKind.RECOVERY) is not event.kind
        self._last_kinds[event.rule] = event.kind
        return news

    def close(self) -> None:
        """Deliver what waits, for `FAREWELL_S` at most."""
        deadline = time.monotonic() + FAREWELL_S
        for courier in self._couriers:
            courier.close(max(deadline - time.monotonic(), 0.0))
