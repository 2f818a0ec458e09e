import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "seed.sql") == [("Ann", 3800), ("Bob", 3000)]
database.execute("INSERT INTO bookings VALUES (9, 2, 7, '2024-02-01')")
assert database.execute("SELECT balance FROM accounts").fetchall() == [(3800,), (3007,)]
try:
    database.execute("UPDATE bookings SET amount = 1")
except sqlite3.IntegrityError:
    pass
else:
    raise SystemExit("bookings must stay final")
