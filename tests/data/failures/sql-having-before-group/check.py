import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "big.sql") == [(11, "Ann", 19900), (12, "Bob", 12000)]
database.execute("UPDATE items SET unit_cents = unit_cents * 2")
assert [row[0] for row in run.run(database, "big.sql")] == [11, 12, 10]
