import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
rows = run.run(database, "customers.sql")
assert rows == [(1, "Ann", "Lyon", "2024-04-02"), (2, "Bob", "Metz", "2024-04-20"), (3, "Cyd", "(unknown)", None)]
