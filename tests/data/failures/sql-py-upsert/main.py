import sqlite3

from settings import Settings

settings = Settings(sqlite3.connect(":memory:"))
settings.set("theme", "light")
settings.set("font", "mono 12")
settings.set("theme", "dark")
print(settings.all())
