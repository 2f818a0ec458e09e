"""The history of samples and alerts, in SQLite.

``history.sqlite3`` in the user's data folder; schema version in ``user_version``. Several monitors, `top` and `report`
may have it open at once (write-ahead log). An alert is open while the newest event of its rule is an alert: the history
is what keeps several monitors, or one that was restarted, from raising it twice.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from qwen_launcher.errors import LauncherError
from qwen_launcher.locks import file_lock
from qwen_launcher.watch.metrics import Measures
from qwen_launcher.watch.source import Sample, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "history.sqlite3"
SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 10.0
MEASURES = tuple(measure.name for measure in fields(Measures))
SCHEMA = f"""\
CREATE TABLE sample (
    target TEXT NOT NULL, time_s REAL NOT NULL, status TEXT NOT NULL, problem TEXT NOT NULL,
    {", ".join(f"{name} REAL" for name in MEASURES)}
);
CREATE INDEX sample_by_time ON sample (target, time_s);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, time_s REAL NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX event_by_time ON event (target, time_s);
PRAGMA user_version = {SCHEMA_VERSION};
"""
COUNTS = frozenset({"running", "waiting", "finished", "errors"})


class HistoryError(LauncherError):
    """The history cannot be read or written."""


class EventKind(StrEnum):
    """What happened to an alert."""

    ALERT = "alert"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Event:
    """An alert that was raised, or is over; `message` is for people."""

    time_s: float
    target: str
    rule: str
    kind: EventKind
    message: str


class History:
    """The history at one place; use as a context manager. Not for use by several threads."""

    def __init__(self, path: Path) -> None:
        """Open the history at `path`, and make it if need be.

        Raises:
            HistoryError: it is of a newer launcher, damaged, or cannot be written.
        """
        self._path = path
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def _prepare(self) -> None:
        self._database.execute("PRAGMA synchronous = NORMAL")
        if self._check_version() == SCHEMA_VERSION:
            return
        # SQLite does not wait for its own lock while it changes the journal mode, so monitors take turns at another.
        with file_lock(self._path.with_suffix(".lock"), on_wait=lambda: None):
            if self._check_version() == 0:
                self._path.chmod(0o600)
                self._database.execute("PRAGMA journal_mode = WAL")
                with self._transaction():
                    for statement in SCHEMA.strip().split(";\n"):
                        self._database.execute(statement)

    def _check_version(self) -> int:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise HistoryError(
                f"{self._path} was written by a newer qwen-launcher (schema {version}, this one knows "
                f"{SCHEMA_VERSION}); update qwen-launcher, or move the file away to begin a new history"
            )
        return int(version)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise HistoryError(
                f"the history {self._path} cannot be used: {error}; check permissions and space, or move the file away"
            ) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Hold the write lock from the start: a transaction that reads first and then writes could fail half-way."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def add(self, sample: Sample) -> None:
        """Keep a sample."""
        row = {"target": sample.target, "time_s": sample.time_s, "status": sample.status, "problem": sample.problem}
        row |= asdict(sample.measures)
        statement = f"INSERT INTO sample ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608 - own column names
        with self._explained():
            self._database.execute(statement, row)

    def prune(self, before_s: float) -> None:
        """Remove what is older than `before_s`, but for each rule's newest event, which tells whether it is open."""
        with self._explained(), self._transaction():
            self._database.execute("DELETE FROM sample WHERE time_s < ?", (before_s,))
            self._database.execute(
                "DELETE FROM event WHERE time_s < ? AND id NOT IN (SELECT max(id) FROM event GROUP BY target, rule)",
                (before_s,),
            )

    def samples(self, target: str, since_s: float) -> list[Sample]:
        """Return the samples of `target` since then, oldest first."""
        columns = ", ".join(("time_s", "status", "problem", *MEASURES))
        query = f"SELECT {columns} FROM sample WHERE target = ? AND time_s >= ? ORDER BY time_s"  # noqa: S608 - own column names
        with self._explained():
            rows = self._database.execute(query, (target, since_s)).fetchall()
        return [
            Sample(time_s, target, Status(status), _measures(values), problem)
            for time_s, status, problem, *values in rows
        ]

    def events(self, target: str, since_s: float) -> list[Event]:
        """Return the alerts and recoveries of `target` since then, oldest first."""
        query = "SELECT time_s, target, rule, kind, message FROM event WHERE target = ? AND time_s >= ? ORDER BY id"
        with self._explained():
            rows = self._database.execute(query, (target, since_s)).fetchall()
        return [Event(time_s, target, rule, EventKind(kind), message) for time_s, target, rule, kind, message in rows]

    def open_alerts(self, target: str) -> set[str]:
        """Return the rules of `target` whose alert has been raised and is not over."""
        query = "SELECT rule, kind FROM event WHERE id IN (SELECT max(id) FROM event WHERE target = ? GROUP BY rule)"
        with self._explained():
            return {rule for rule, kind in self._database.execute(query, (target,)) if kind == EventKind.ALERT}

    def record(self, event: Event) -> bool:
        """Keep an event that changes whether its alert is open; return False if it does not (somebody was faster)."""
        with self._explained(), self._transaction():
            is_open = event.rule in self.open_alerts(event.target)
            if is_open == (event.kind is EventKind.ALERT):
                return False
            row = (event.target, event.time_s, event.rule, event.kind, event.message)
            statement = "INSERT INTO event (target, time_s, rule, kind, message) VALUES (?, ?, ?, ?, ?)"
            self._database.execute(statement, row)
            return True


def _measures(values: list[float | None]) -> Measures:
    named = {
        name: round(value) if value is not None and name in COUNTS else value
        for name, value in zip(MEASURES, values, strict=True)
    }
    return Measures(**named)  # type: ignore[arg-type]  # names and types are those of the table's columns
