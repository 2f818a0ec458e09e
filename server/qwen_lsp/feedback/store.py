"""The store: one SQLite file, in which each event is one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import platformdirs

from qwen_lsp import __version__
from qwen_lsp.backend.redaction import masked
from qwen_lsp.model import Diagnosis

MAX_EVENTS = 10_000
"""Some megabytes; the oldest go first."""

_MAX_TEXT_CHARACTERS = 500
_BUSY_S = 5.0
_SCHEMA_VERSION = 1


class FeedbackError(Exception):
    """The store cannot be used; the message names the file and what to do."""


class Verdict(StrEnum):
    """What is known: the first two the user said, the others happened by themselves."""

    GOOD = "good"
    BAD = "bad"
    APPLIED = "applied"
    UNDONE = "undone"
    RERUN_PASSES = "rerun passes"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that became known. ``at`` is ISO 8601 in UTC; ``version`` is that of qwen-lsp.

    ``target`` is "diagnosis" or "fix"; title, rung and hides_error are the fix's. No code is kept.
    """

    at: str
    version: str
    target: str
    verdict: str
    language: str | None = None
    exception_type: str | None = None
    explanation: str | None = None
    fix_title: str | None = None
    rung: str | None = None
    hides_error: bool | None = None
    note: str | None = None


def event_of(diagnosis: Diagnosis, verdict: Verdict, fix_index: int | None = None, note: str | None = None) -> Event:
    """Return the event, masked and clipped; without ``fix_index`` it is about the diagnosis.

    Raises:
        IndexError: the diagnosis has no such fix.
    """
    fix = None if fix_index is None else diagnosis.fixes[fix_index]
    failure = None if diagnosis.primary is None else diagnosis.primary.failure
    cause = diagnosis.root_cause
    return Event(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        target="diagnosis" if fix is None else "fix",
        verdict=verdict.value,
        language=None if failure is None else failure.language,
        exception_type=None if failure is None else _kept(failure.exception_type),
        explanation=None if cause is None else _kept(cause.explanation),
        fix_title=None if fix is None else _kept(fix.title),
        rung=None if fix is None else fix.rung.label,
        hides_error=None if fix is None else fix.hides_error,
        note=None if note is None else _kept(note),
    )


class Store:
    """The user's events, oldest first. Any number of processes may use it at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_state_path("qwen-lsp") / "feedback.sqlite"

    def add(self, event: Event) -> None:
        """Keep an event, and forget the oldest beyond ``MAX_EVENTS``.

        Raises:
            FeedbackError: it could not be kept.
        """
        names = [one.name for one in fields(Event)]
        with self._transaction() as connection:
            places = ", ".join("?" * len(names))
            connection.execute(f"INSERT INTO events ({', '.join(names)}) VALUES ({places})", astuple(event))  # noqa: S608 - our own names
            connection.execute(
                "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?",
                (MAX_EVENTS,),
            )

    def events(self) -> list[Event]:
        """Return all events.

        Raises:
            FeedbackError: the store cannot be read.
        """
        if not self.path.exists():
            return []
        names = [one.name for one in fields(Event)]
        with self._transaction() as connection:
            rows = connection.execute(f"SELECT {', '.join(names)} FROM events ORDER BY id").fetchall()  # noqa: S608 - our own names
        found = (Event(*row) for row in rows)
        # SQLite has no truth values.
        return [one if one.hides_error is None else replace(one, hides_error=bool(one.hides_error)) for one in found]

    def purge(self) -> int:
        """Delete everything and return how many events there were.

        Raises:
            FeedbackError: it could not be deleted.
        """
        count = len(self.events())
        with self._explained():
            for end in ("", "-journal"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        return count

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)) as connection:
                # At once exclusive: two that begin by reading could not both go on to write.
                connection.execute("BEGIN IMMEDIATE")
                _prepare(connection)
                yield connection
                connection.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            message = (
                f"The feedback in {self.path} cannot be used ({error}); move the file away if it is damaged, or make "
                f"room for it."
            )
            raise FeedbackError(message) from error


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == _SCHEMA_VERSION:
        return
    if version != 0:
        message = f"it was written by another version of qwen-lsp, with schema {version}"
        raise sqlite3.DatabaseError(message)
    columns = ", ".join(one.name for one in fields(Event))
    connection.execute(f"CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, {columns})")
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _kept(text: str) -> str:
    return masked(text)[:_MAX_TEXT_CHARACTERS]
