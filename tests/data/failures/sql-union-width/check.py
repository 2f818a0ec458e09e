import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "statement.sql") == [
    (1, "2024-03-01", "order", -5400), (1, "2024-03-10", "payment", 5900), (1, "2024-04-02", "order", -19900),
    (2, "2024-04-20", "order", -12000), (2, "2024-05-01", "payment", 5000),
]
