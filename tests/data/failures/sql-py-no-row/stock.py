"""How many pieces of each article are in the store; codes of articles have no case."""

import sqlite3

FIND = "SELECT pieces FROM stock WHERE code = :code"
TAKE = "UPDATE stock SET pieces = pieces - :pieces WHERE code = :code"


class Stock:
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        database.execute("CREATE TABLE stock (code TEXT PRIMARY KEY, pieces INTEGER NOT NULL CHECK (pieces >= 0))")

    def receive(self, code: str, pieces: int) -> None:
        self.database.execute("INSERT INTO stock VALUES (?, ?)", (code, pieces))

    def reserve(self, code: str, wanted: int) -> int:
        """Take as many pieces as there are, but no more than wanted; return how many."""
        there = self.pieces(code)
        taken = min(there, wanted)
        self.database.execute(TAKE, {"code": code, "pieces": taken})
        return taken

    def pieces(self, code: str) -> int:
        return self.database.execute(FIND, {"code": code}).fetchone()[0]
