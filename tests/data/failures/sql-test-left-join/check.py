import sqlite3

from activity import visits_since

database = sqlite3.connect(":memory:")
database.executescript("""
    CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE visits (member_id INTEGER NOT NULL, day TEXT NOT NULL);
    INSERT INTO members VALUES (1, 'a'), (2, 'b'), (3, 'c');
    INSERT INTO visits VALUES (3, '2020-01-01'), (3, '2024-01-01'), (2, '2023-12-31');
""")
assert visits_since(database, "2024-01-01") == [("c", 1), ("a", 0), ("b", 0)]
assert visits_since(database, "2000-01-01") == [("c", 2), ("b", 1), ("a", 0)]
assert visits_since(database, "2030-01-01") == [("a", 0), ("b", 0), ("c", 0)]
