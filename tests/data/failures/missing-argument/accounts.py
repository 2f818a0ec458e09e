"""Bank accounts read from the rows of a ledger export."""

from dataclasses import dataclass


@dataclass
class Account:
    number: str
    owner: str
    balance_cents: int
    overdraft_cents: int = 0

    @classmethod
    def from_row(cls, row: dict[str, str]) -> "Account":
        """Return the account of a row with the columns number, owner, balance and, if there is one, overdraft.

        Amounts are decimal euros, such as 12.50.
        """
        overdraft = row.get("overdraft") or "0"
        return cls(row["number"], row["owner"].title(), overdraft_cents=to_cents(overdraft))

    def available(self) -> int:
        """Return the cents that can be withdrawn."""
        return self.balance_cents + self.overdraft_cents


def to_cents(euros: str) -> int:
    """Return the amount in cents."""
    return round(float(euros) * 100)
