import sqlite3

from reports import ask

database = sqlite3.connect(":memory:")
database.executescript("""
CREATE TABLE runs (job TEXT NOT NULL, status TEXT NOT NULL);
INSERT INTO runs VALUES ('backup', 'ok'), ('backup', 'failed'), ('backup', 'ok'), ('mail', 'ok'), ('sync', 'failed');
""")
assert ask(database, "success_rate") == [("sync", 0.0), ("backup", 66.7), ("mail", 100.0)]
database.execute("INSERT INTO runs VALUES ('sync', 'ok'), ('sync', 'late'), ('sync', 'late'), ('sync', 'late'), ('sync', 'x')")
assert ask(database, "success_rate")[0] == ("sync", 16.7)
