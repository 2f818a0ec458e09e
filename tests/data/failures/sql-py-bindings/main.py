import sqlite3

from contacts import Contacts

contacts = Contacts(sqlite3.connect(":memory:"))
contacts.add("Ann Lee", "ann@example.org")
contacts.add("Bob Ray", "bob@example.org")
print(contacts.by_mail("bob@example.org"))
