"""A shopping cart with a volume discount."""

from dataclasses import dataclass, field


@dataclass
class Cart:
    items: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, name: str, quantity: int, cents: int) -> None:
        """Put `quantity` pieces at `cents` each into the cart."""
        self.items.append((name, quantity, cents))

    def subtotal(self) -> int:
        """Sum in cents, before any discount."""
        return sum(quantity * cents for _, quantity, cents in self.items)

    def total(self) -> int:
        """Sum in cents; 10 % less from 100.00 on, rounded down to the cent."""
        subtotal = self.subtotal()
        discount = subtotal // 10 if subtotal >= 10_000 else 0
        return subtotal - discont


def main() -> None:
    cart = Cart()
    cart.add("desk lamp", 2, 3950)
    cart.add("bulb", 6, 450)
    print(f"to pay: {cart.total() / 100:.2f}")


if __name__ == "__main__":
    main()
