"""Run SQL files on a new database, as the sqlite3 shell would: python run.py FILE..."""

import sqlite3
import sys


def statements(text):
    """Yield (line, statement) for each statement; lines count from 1."""
    pending, start = "", 1
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        is_blank = not line.strip() or line.lstrip().startswith("--")
        if not pending:
            if is_blank:
                continue
            start = number
        pending += line
        if sqlite3.complete_statement(pending):
            yield start, pending
            pending = ""
    if pending:
        yield start, pending


def run(database, path):
    """Return the rows that the statements of the file give."""
    rows = []
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for line, statement in statements(text):
        try:
            rows += database.execute(statement).fetchall()
        except sqlite3.Error as error:
            kind = "Runtime error" if isinstance(error, sqlite3.IntegrityError) else "Parse error"
            raise SystemExit(f"{kind} near line {line}: {error}") from None
    return rows


def main(paths):
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    for path in paths:
        print(f"sqlite3 shop.db < {path}", flush=True)
        for row in run(database, path):
            print("|".join("" if value is None else str(value) for value in row))


if __name__ == "__main__":
    main(sys.argv[1:])
