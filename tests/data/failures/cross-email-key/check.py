from customers import Customer, Directory
from orders import price

directory = Directory()
directory.add(Customer("Omar", " Omar.Haddad@Example.org", 5))
assert directory.find("omar.haddad@example.org").name == "Omar"
assert directory.find("OMAR.HADDAD@EXAMPLE.ORG ").name == "Omar"
assert price(directory, "omar.haddad@example.org", 2000) == 1900
directory.add(Customer("Omar H.", "omar.haddad@example.ORG", 50))
assert len(directory) == 1 and price(directory, "Omar.Haddad@example.org", 2000) == 1000
assert directory.find("nobody@example.org") is None
