import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
for name in ("schema.sql", "views.sql"):
    run.run(database, name)
database.execute("INSERT INTO orders VALUES (13, 3, '2024-05-01', 990)")
database.execute("INSERT INTO items VALUES (13, 'bulb', 1, 300)")
assert run.run(database, "invoices.sql") == [(10, "Ann", 5900), (11, "Ann", 19900), (12, "Bob", 12000), (13, "Cyd", 1290)]
assert database.execute("SELECT * FROM monthly").fetchall()[0] == ("2024-03", 1, 5400)
