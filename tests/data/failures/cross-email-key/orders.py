"""Price orders that arrive by mail."""

from customers import Directory


def price(directory: Directory, sender: str, cents: int) -> int:
    """Return the cents to pay after the customer's discount; only registered customers can order."""
    customer = directory.find(sender)
    return cents * (100 - customer.discount_percent) // 100
