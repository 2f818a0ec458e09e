import sqlite3

from reports import ask

database = sqlite3.connect(":memory:")
database.executescript("""
CREATE TABLE sales (sold_at TEXT NOT NULL, cents INTEGER NOT NULL);
INSERT INTO sales VALUES
    ('2024-01-01 00:00:00', 100), ('2024-01-15 12:30:00', 200), ('2024-01-31 18:45:00', 400), ('2024-02-01 00:00:00', 800);
""")
assert ask(database, "month", month="2024-01") == [(3, 700)]
assert ask(database, "month", month="2024-02") == [(1, 800)]
database.execute("INSERT INTO sales VALUES ('2024-02-29 23:59:59', 1), ('2023-12-31 23:59:59', 2)")
assert ask(database, "month", month="2024-02") == [(2, 801)]
assert ask(database, "month", month="2023-12") == [(1, 2)]
