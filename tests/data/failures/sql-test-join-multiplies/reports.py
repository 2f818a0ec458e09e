"""Runs the queries that are kept in the folder queries."""

import sqlite3
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"


def ask(database: sqlite3.Connection, name: str, **parameters: object) -> list[tuple]:
    """Return the rows of the query in queries/NAME.sql."""
    return database.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), parameters).fetchall()
