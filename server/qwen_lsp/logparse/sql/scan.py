"""Finds what SQL shells, servers and build tools report anywhere in a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.sighting import Folder, Reading, Sighting, Weight
from qwen_lsp.logparse.sql import (
    dbt,
    migrations,
    mysql,
    oracle,
    postgres,
    postgres_server,
    sqlalchemy,
    sqlfluff,
    sqlite,
    sqlserver,
)
from qwen_lsp.logparse.sql.command import Commands
from qwen_lsp.logparse.sql.found import Found

_AT_START = tuple(
    {*postgres.STARTS, *sqlite.STARTS, *mysql.STARTS, *sqlserver.STARTS, *oracle.STARTS, *sqlfluff.STARTS}
)
# The shells' names lead to the file that they read, which may stand far above the error.
MARKS: Marks = (
    *(f"\n{start}" for start in (*oracle.STARTS, *sqlite.STARTS, *sqlfluff.STARTS, "psql:")),
    *(Mark(f"\n{start}", "  ") for start in postgres.STARTS if start != "psql:"),
    Mark("\nERROR ", "[0-9]{4,5}[ :(]"),
    Mark("\nMsg ", "[0-9]"),
    *(f"{word}:  " for word in ("ERROR", "FATAL", "PANIC")),
    *(f"{word} Error" for word in ("Database", "Compilation", "Runtime", "Parsing", "Dependency", "Validation")),
    dbt.TEST_MARK,
    sqlalchemy.MARK,
    f"\n{migrations.FLYWAY}",
    migrations.LIQUIBASE,
    *(Mark(f"{shell} ", r"[^\n]{0,1000}?\.sql\b") for shell in ("sqlite3", "mysql", "mariadb", "sqlplus")),
    *("sqlite> .read ", "> source ", "> \\. ", "SQL> @", "SQL>@", "SQL> start "),
)
_FIRST_CHARACTERS = frozenset(start[0] for start in _AT_START)


def read_sql(lines: list[str]) -> Reading:
    """Return every failure of SQL that ``lines``, free of terminal noise, report."""
    return _Scanner(lines).scan()


class _Scanner:
    """One pass over a log."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._folder = Folder()
        self._commands = Commands(lines)
        self._sqlfluff = sqlfluff.Sqlfluff()

    def scan(self) -> Reading:
        """Return all that the log holds."""
        lines = self._lines
        index, end = 0, len(lines)
        while index < end:
            line = lines[index]
            # Nearly all lines of a long log end here: keep it cheap.
            if (line[:1] in _FIRST_CHARACTERS and line.startswith(_AT_START)) or (
                postgres_server.MARK in line
                or dbt.ERROR_MARK in line
                or dbt.TEST_MARK in line
                or sqlalchemy.MARK in line
                or migrations.FLYWAY in line
                or migrations.LIQUIBASE in line
            ):
                index = self._read_at(index)
            else:
                index += 1
        return Reading(_first_counts(self._folder.sightings()))

    def _read_at(self, index: int) -> int:
        """Read what begins at ``index``, if anything does; return the index to go on from."""
        line = self._lines[index]
        founds: list[Found] = []
        end = index
        if line.startswith(sqlfluff.STARTS):
            found, end = self._sqlfluff.read(self._lines, index)
            founds = [found] if found is not None else []
        elif line.startswith(oracle.STARTS):
            founds, end = oracle.read_oracle(self._lines, index, self._commands)
        if end == index and (found := self._read_one(index, line)) is not None:
            founds, end = [found], found.end
        for found in founds:
            self._folder.add(found.failure, found.weight, index)
        return max(end, index + 1)

    def _read_one(self, index: int, line: str) -> Found | None:
        """Return the error at ``index`` that one of the readers of single errors knows."""
        lines, found = self._lines, None
        if line.startswith(postgres.STARTS):
            found = postgres.read_psql(lines, index)
        elif line.startswith(sqlite.STARTS):
            found = sqlite.read_sqlite(lines, index, self._commands)
        elif line.startswith(mysql.STARTS):
            found = mysql.read_mysql(lines, index, self._commands)
        elif line.startswith(sqlserver.STARTS):
            found = sqlserver.read_sqlserver(lines, index)
        if found is None and (dbt.ERROR_MARK in line or dbt.TEST_MARK in line):
            found = dbt.read_dbt(lines, index)
        if found is None and postgres_server.MARK in line:
            found = postgres_server.read_server_log(lines, index)
        if found is None and (migrations.FLYWAY in line or migrations.LIQUIBASE in line):
            found = migrations.read_flyway(lines, index) or migrations.read_liquibase(lines, index)
        if found is None and sqlalchemy.MARK in line:
            found = sqlalchemy.read_sqlalchemy(lines, index)
        return found


def _first_counts(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Return ``sightings`` so that the first of those that count most is the one that counts.

    A script goes on after an error, and a statement that fails makes later ones fail: the table that was not made is
    missing in all that follow. In a server's log, which is of many programs, the last one counts.
    """
    first = next((sighting for sighting in sightings if sighting.weight is Weight.UNCAUGHT), None)
    return tuple(
        replace(sighting, weight=Weight.LOGGED)
        if sighting.weight is Weight.UNCAUGHT and sighting is not first
        else sighting
        for sighting in sightings
    )
