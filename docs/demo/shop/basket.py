"""A shopping basket."""


class Basket:
    def __init__(self):
        self.items = []

    def add(self, price_cents, quantity=1):
        """Put `quantity` pieces of an article into the basket."""
        self.items.append((price_cents, quantity))

    def total_cents(self):
        """Return what all articles cost together."""
        total = 0
        for price_cents, quantity in self.items:
            total += price_cents * quantity
            return total
