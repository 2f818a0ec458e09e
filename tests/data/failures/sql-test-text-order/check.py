import sqlite3

from reports import ask

database = sqlite3.connect(":memory:")
database.executescript("""
CREATE TABLE houses (street TEXT NOT NULL, number TEXT NOT NULL, suffix TEXT NOT NULL DEFAULT '');
INSERT INTO houses VALUES ('Elm', '10', ''), ('Elm', '2', 'b'), ('Elm', '2', 'a'), ('Elm', '1', ''), ('Oak', '7', '');
""")
assert [row[0] for row in ask(database, "street", street="Elm")] == ["1", "2a", "2b", "10"]
database.execute("INSERT INTO houses VALUES ('Oak', '100', 'c'), ('Oak', '99', ''), ('Oak', '100', '')")
assert [row[0] for row in ask(database, "street", street="Oak")] == ["7", "99", "100", "100c"]
assert ask(database, "street", street="Ash") == []
