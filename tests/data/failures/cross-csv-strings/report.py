"""What must be ordered."""

from storage import Stock


def to_order(stock: list[Stock]) -> list[tuple[str, int]]:
    """Return (sku, pieces) for each entry at or below its reorder mark; pieces bring it to twice the mark."""
    orders = []
    for entry in stock:
        if entry.quantity <= entry.reorder_at:
            orders.append((entry.sku, 2 * entry.reorder_at - entry.quantity))
    return orders


def total_pieces(stock: list[Stock]) -> int:
    """Return the number of pieces in the store."""
    return sum(entry.quantity for entry in stock)
