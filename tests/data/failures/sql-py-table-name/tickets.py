"""Tickets and what happened to them."""

import sqlite3


def open_ticket(database: sqlite3.Connection, title: str, reporter: str) -> int:
    cursor = database.execute("INSERT INTO tickets (title, reporter) VALUES (?, ?)", (title, reporter))
    log(database, cursor.lastrowid, reporter, "opened")
    return cursor.lastrowid


def close_ticket(database: sqlite3.Connection, ticket: int, who: str) -> None:
    database.execute("UPDATE tickets SET closed_at = datetime('now') WHERE id = ?", (ticket,))
    log(database, ticket, who, "closed")


def open_titles(database: sqlite3.Connection) -> list[str]:
    return [title for (title,) in database.execute("SELECT title FROM tickets WHERE closed_at IS NULL ORDER BY id")]


def history(database: sqlite3.Connection, ticket: int) -> list[str]:
    rows = database.execute("SELECT who, what FROM ticket_events WHERE ticket_id = ? ORDER BY rowid", (ticket,))
    return [f"{what} by {who}" for who, what in rows]


def log(database: sqlite3.Connection, ticket: int, who: str, what: str) -> None:
    database.execute("INSERT INTO ticket_events (ticket_id, who, what) VALUES (?, ?, ?)", (ticket, who, what))
