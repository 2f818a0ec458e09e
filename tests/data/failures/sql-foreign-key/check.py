import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
for name in ("schema.sql", "seed.sql"):
    run.run(database, name)
assert [count for _, count in run.run(database, "report.sql")] == [1, 0, 2]
assert dict(database.execute("SELECT name, city FROM customers")) == {"Ann": "Lyon", "Bob": "Metz", "Cyd": "Nice"}
assert database.execute("PRAGMA foreign_keys").fetchall() == [(1,)]
assert database.execute("PRAGMA foreign_key_list(orders)").fetchall()
assert database.execute("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id").fetchall() == [("Ann",), ("Cyd",), ("Cyd",)]
