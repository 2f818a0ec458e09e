import sqlite3

from settings import Settings

settings = Settings(sqlite3.connect(":memory:"))
for name, value in (("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")):
    settings.set(name, value)
assert settings.all() == {"a": ("4", 2), "b": ("2", 0)}
assert settings.get("a") == "4" and settings.get("x", "-") == "-"
try:
    settings.set("c", None)
except sqlite3.IntegrityError:
    pass
else:
    raise SystemExit("a setting without value must be refused")
