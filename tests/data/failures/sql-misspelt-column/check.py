import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "report.sql") == [("Ann", 2, 25300), ("Bob", 1, 12000)]
database.execute("DELETE FROM items")
database.execute("INSERT INTO items VALUES (12, 'desk', 3, 7)")
assert run.run(database, "report.sql") == [("Bob", 1, 21)]
