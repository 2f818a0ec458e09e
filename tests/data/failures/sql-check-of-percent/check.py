import sqlite3

import run

database = sqlite3.connect(":memory:", isolation_level=None)
database.execute("PRAGMA foreign_keys = ON")
for name in ("schema.sql", "rates.sql"):
    run.run(database, name)
assert run.run(database, "gross.sql") == [("DE", 1190.0), ("FI", 1255.0), ("FR", 1200.0), ("GG", 1000.0)]
for wrong in ("('XX', 101, '2024-01-01')", "('XX', -1, '2024-01-01')", "('XX', 5, 'today')"):
    try:
        database.execute(f"INSERT INTO tax_rates VALUES {wrong}")
    except sqlite3.IntegrityError:
        continue
    raise SystemExit(f"must be refused: {wrong}")
