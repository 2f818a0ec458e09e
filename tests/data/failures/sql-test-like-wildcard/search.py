"""Finds files by a part of their name."""

import sqlite3

FIND = r"SELECT name FROM files WHERE name LIKE ? ESCAPE '\' ORDER BY name"


def pattern(part: str) -> str:
    """Return the pattern of LIKE for names that contain just this text."""
    for sign in ("\\", "%"):
        part = part.replace(sign, "\\" + sign)
    return f"%{part}%"


def find(database: sqlite3.Connection, part: str) -> list[str]:
    return [name for (name,) in database.execute(FIND, (pattern(part),))]
