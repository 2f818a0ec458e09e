"""An address book in SQLite."""

import sqlite3


class Contacts:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        database.execute("CREATE TABLE IF NOT EXISTS contacts (name TEXT NOT NULL, mail TEXT PRIMARY KEY)")

    def add(self, name: str, mail: str) -> None:
        self.database.execute("INSERT INTO contacts (name, mail) VALUES (?, ?)", (name, mail.lower()))

    def by_mail(self, mail: str) -> str | None:
        """Return the name that belongs to an address, however it is capitalised; None for a stranger's."""
        row = self.database.execute("SELECT name FROM contacts WHERE mail = ?", (mail.lower())).fetchone()
        return None if row is None else row[0]
