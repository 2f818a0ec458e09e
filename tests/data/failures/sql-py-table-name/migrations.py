"""The steps from each version of the schema to the next."""

import sqlite3

STEPS = [
    "CREATE TABLE tickets (id INTEGER PRIMARY KEY, title TEXT NOT NULL, reporter TEXT NOT NULL)",
    "ALTER TABLE tickets ADD COLUMN closed_at TEXT",
    "CREATE TABLE ticket_event (ticket_id INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL)",
    "CREATE INDEX events_by_ticket ON ticket_event (ticket_id)",
]


def migrate(database: sqlite3.Connection) -> int:
    """Run the steps that are missing; return the version that the schema has then."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(STEPS[version:], start=version + 1):
        database.execute(step)
        database.execute(f"PRAGMA user_version = {number}")
    return max(version, len(STEPS))
