import sqlite3

from search import find

database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE files (name TEXT NOT NULL)")
names = ["a_b", "axb", "50%", "505", "c\\d", "cd", "__"]
database.executemany("INSERT INTO files VALUES (?)", [(name,) for name in names])
assert find(database, "a_b") == ["a_b"]
assert find(database, "0%") == ["50%"]
assert find(database, "c\\d") == ["c\\d"]
assert find(database, "_") == ["__", "a_b"]
assert len(find(database, "")) == 7
