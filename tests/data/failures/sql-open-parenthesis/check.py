import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "above_average.sql") == [("desk", 19900)]
database.execute("INSERT INTO items VALUES (10, 'sofa', 1, 90000), (10, 'bulb', 9, 300)")
assert run.run(database, "above_average.sql") == [("sofa", 90000)]
