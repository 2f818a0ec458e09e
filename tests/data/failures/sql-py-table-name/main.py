import sqlite3

from migrations import migrate
from tickets import close_ticket, open_ticket, open_titles

database = sqlite3.connect(":memory:")
print("schema", migrate(database))
first = open_ticket(database, "Printer is on fire", "ann")
open_ticket(database, "No coffee", "bob")
close_ticket(database, first, "bob")
print(open_titles(database))
