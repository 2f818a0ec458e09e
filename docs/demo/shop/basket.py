"""A shopping basket with quantity discounts."""

from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price_cents: int
    quantity: int = 1


@dataclass
class Basket:
    items: list[Item] = field(default_factory=list)

    def add(self, name: str, price_cents: int, quantity: int = 1) -> None:
        """Put `quantity` pieces of an article into the basket."""
        for item in self.items:
            if item.name == name:
                item.quantity += quantity
                return
        self.items.append(Item(name, price_cents, quantity))

    def total_cents(self) -> int:
        """What the customer pays: ten percent off an article from ten pieces on."""
        total = 0
        for item in self.items:
            cost = item.price_cents * item.quantity
            if item.quantity >= 10:
                cost = cost * 90 // 100
            total += cost
            return total
