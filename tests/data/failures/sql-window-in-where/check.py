import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "latest.sql") == [("Ann", 11, "2024-04-02"), ("Bob", 12, "2024-04-20")]
database.execute("INSERT INTO orders VALUES (20, 3, '2022-01-01', 0), (21, 1, '2024-04-01', 0)")
assert [row[1] for row in run.run(database, "latest.sql")] == [11, 12, 20]
