"""The customer directory; mail addresses are compared without regard to case or surrounding blanks."""

from dataclasses import dataclass


@dataclass
class Customer:
    name: str
    email: str
    discount_percent: int = 0


def normalise(email: str) -> str:
    """Return the form of an address under which it is compared."""
    return email.strip().lower()


class Directory:
    def __init__(self) -> None:
        self._by_email: dict[str, Customer] = {}

    def add(self, customer: Customer) -> None:
        """Add a customer; one with the same address is replaced."""
        self._by_email[customer.email] = customer

    def find(self, email: str) -> Customer | None:
        """Return the customer with this address, None when there is none."""
        return self._by_email.get(normalise(email))

    def __len__(self) -> int:
        return len(self._by_email)
