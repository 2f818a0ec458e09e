import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "late.sql") == [(11, 13.0), (12, None)]
database.execute("INSERT INTO orders VALUES (13, 1, '2024-05-01', 0)")
database.execute("DELETE FROM deliveries WHERE id < 3")
with open("late.sql", encoding="utf-8") as file:
    query = [text for _, text in run.statements(file.read())][-1]
assert database.execute(query).fetchall() == [(10, None), (11, None), (12, None), (13, None)]
