import sqlite3

from reports import ask

database = sqlite3.connect(":memory:")
database.executescript("""
CREATE TABLE orders (id INTEGER PRIMARY KEY);
CREATE TABLE items (order_id INTEGER NOT NULL, quantity INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE payments (order_id INTEGER NOT NULL, cents INTEGER NOT NULL);
INSERT INTO orders VALUES (1), (2), (3);
INSERT INTO items VALUES (1, 2, 500), (1, 1, 300), (2, 1, 900);
INSERT INTO payments VALUES (1, 1000), (1, 300), (2, 900);
""")
assert ask(database, "balance") == [(1, 1300, 1300), (2, 900, 900), (3, 0, 0)]
database.execute("INSERT INTO items VALUES (1, 1, 300), (3, 1, 7)")
database.execute("INSERT INTO payments VALUES (1, 300), (1, 300)")
assert ask(database, "balance") == [(1, 1600, 1900), (2, 900, 900), (3, 7, 0)]
