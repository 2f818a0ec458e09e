"""Stock with reservations."""


class OutOfStockError(Exception):
    """Fewer pieces are free than were asked for."""


class Inventory:
    def __init__(self, stock: dict[str, int]) -> None:
        self._stock = dict(stock)
        self._reserved: dict[str, int] = {}

    def free(self, sku: str) -> int:
        """Return the pieces that are in stock and not reserved."""
        return self._stock.get(sku, 0) - self._reserved.get(sku, 0)

    def reserve(self, sku: str, quantity: int) -> None:
        """Reserve pieces. Raises: OutOfStockError: fewer are free; nothing is reserved then."""
        if quantity > self._stock.get(sku, 0):
            raise OutOfStockError(f"{sku}: {quantity} wanted, {self.free(sku)} free")
        self._reserved[sku] = self._reserved.get(sku, 0) + quantity

    def ship(self, sku: str, quantity: int) -> None:
        """Take reserved pieces out of the stock. Raises: ValueError: more than are reserved."""
        if quantity > self._reserved.get(sku, 0):
            raise ValueError(f"{sku}: only {self._reserved.get(sku, 0)} reserved")
        self._reserved[sku] -= quantity
        self._stock[sku] -= quantity
