import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "bestsellers.sql") == [("bulb", 13), ("lamp", 3)]
database.execute("INSERT INTO orders VALUES (13, 1, '2023-12-31', 0)")
database.execute("INSERT INTO items VALUES (13, 'desk', 50, 1), (11, 'cable', 2, 1), (11, 'cable', 1, 1)")
assert run.run(database, "bestsellers.sql") == [("bulb", 13), ("cable", 3), ("lamp", 3)]
