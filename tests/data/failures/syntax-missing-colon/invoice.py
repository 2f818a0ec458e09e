"""Invoices with per-line quantities and a single tax rate."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Line:
    description: str
    quantity: int
    unit_price: Decimal


@dataclass
class Invoice:
    number: str
    lines: list[Line] = field(default_factory=list)
    tax_rate: Decimal = Decimal("0.20")

    def net(self) -> Decimal:
        """Sum of quantity times unit price."""
        total = Decimal("0")
        for line in self.lines
            total += line.quantity * line.unit_price
        return total

    def gross(self) -> Decimal:
        """Net plus tax, to the cent."""
        return (self.net() * (1 + self.tax_rate)).quantize(Decimal("0.01"))
