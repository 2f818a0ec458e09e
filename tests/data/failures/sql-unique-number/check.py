import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
run.run(database, "schema.sql")
assert run.run(database, "import.sql") == [("Acme", 1, 12000), ("Globex", 3, 19450)]
for wrong in ("INSERT INTO invoices VALUES (2024, 2, 1, 5)", "INSERT INTO invoices VALUES (2025, 1, 9, 5)"):
    try:
        database.execute(wrong)
    except sqlite3.IntegrityError:
        continue
    raise SystemExit(f"must be refused: {wrong}")
assert database.execute("SELECT year, number FROM invoices ORDER BY 1, 2").fetchall() == [(2023, 1), (2023, 2), (2024, 1), (2024, 2)]
