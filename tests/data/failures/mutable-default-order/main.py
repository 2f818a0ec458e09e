"""Coffee orders of several tables."""


class Order:
    """The drinks of one table; each drink may be listed once, with its count."""

    def __init__(self, table: int, items: list[tuple[str, int]] = []) -> None:
        self.table = table
        self.items = items

    def add(self, drink: str, count: int = 1) -> None:
        """Raises: ValueError: the drink is already on this order."""
        if any(name == drink for name, _ in self.items):
            raise ValueError(f"table {self.table}: {drink} is already on the order")
        self.items.append((drink, count))

    def summary(self) -> str:
        listed = ", ".join(f"{count} x {name}" for name, count in self.items)
        return f"table {self.table}: {listed}"


def main() -> None:
    first = Order(4)
    first.add("espresso", 2)
    first.add("tea")
    second = Order(7)
    second.add("espresso")
    for order in (first, second):
        print(order.summary())


if __name__ == "__main__":
    main()
