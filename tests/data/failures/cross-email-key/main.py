from customers import Customer, Directory
from orders import price

directory = Directory()
directory.add(Customer("Ines", "ines@example.org", 10))
directory.add(Customer("Omar", "Omar.Haddad@example.org", 5))

for sender, cents in [("ines@example.org", 2000), ("omar.haddad@example.org", 2000)]:
    print(f"{sender}: {price(directory, sender, cents) / 100:.2f}")
