import sqlite3

from migrations import STEPS, migrate
from tickets import close_ticket, history, open_ticket, open_titles

database = sqlite3.connect(":memory:")
assert migrate(database) == 4 == len(STEPS) and migrate(database) == 4
ticket = open_ticket(database, "a", "ann")
open_ticket(database, "b", "bob")
assert open_titles(database) == ["a", "b"]
close_ticket(database, ticket, "bob")
assert open_titles(database) == ["b"]
assert history(database, ticket) == ["opened by ann", "closed by bob"]
names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
assert names == {"tickets", "ticket_events"}, names
