import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "tables.sql")
assert run.run(database, "load.sql") == [("roof", -3.5, 2.0), ("cellar", 11.0, 11.0)]
for wrong in ("(1, '2024-01-01 06:00', 1)", "(9, 'x', 1)", "(1, 'x', NULL)"):
    try:
        database.execute(f"INSERT INTO readings VALUES {wrong}")
    except sqlite3.IntegrityError:
        continue
    raise SystemExit(f"must be refused: {wrong}")
