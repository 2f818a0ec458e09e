import sqlite3

from reports import ask

database = sqlite3.connect(":memory:")
database.executescript("""
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, manager_id INTEGER REFERENCES employees (id));
INSERT INTO employees VALUES (1, 'ada', NULL), (2, 'ben', 1), (3, 'cleo', 1), (4, 'dan', 2);
""")
assert ask(database, "unassigned") == [("cleo",), ("dan",)]
database.execute("UPDATE employees SET manager_id = 4 WHERE id = 3")
assert ask(database, "unassigned") == [("cleo",)]
database.execute("DELETE FROM employees WHERE id > 1")
assert ask(database, "unassigned") == [("ada",)]
