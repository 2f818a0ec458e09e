import sqlite3

from contacts import Contacts

contacts = Contacts(sqlite3.connect(":memory:"))
contacts.add("Ann", "Ann@Example.org")
contacts.add("O'Neil", "x")
assert contacts.by_mail("ann@EXAMPLE.org") == "Ann"
assert contacts.by_mail("X") == "O'Neil"
assert contacts.by_mail("x' OR '1'='1") is None
assert contacts.by_mail("") is None
