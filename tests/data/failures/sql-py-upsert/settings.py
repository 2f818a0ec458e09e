"""Settings of a program, kept in SQLite with the number of times that each was changed."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0
)
"""

SAVE = """
INSERT INTO settings (name, value) VALUES (:name, :value)
"""


class Settings:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        database.execute(SCHEMA)

    def set(self, name: str, value: str) -> None:
        """Save a value; the one that was saved before is replaced, and the change is counted."""
        with self.database:
            self.database.execute(SAVE, {"name": name, "value": value})

    def get(self, name: str, default: str = "") -> str:
        row = self.database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else row[0]

    def all(self) -> dict[str, tuple[str, int]]:
        rows = self.database.execute("SELECT name, value, changes FROM settings ORDER BY name")
        return {name: (value, changes) for name, value, changes in rows}
