"""Bills in integer cents."""

from dataclasses import dataclass, field


@dataclass
class Bill:
    """A bill whose voucher is taken off the net amount, before tax; it never makes the bill negative."""

    tax_percent: int
    voucher_cents: int = 0
    net_prices: list[int] = field(default_factory=list)

    def net(self) -> int:
        """Return the taxable amount: all prices less the voucher."""
        return max(0, sum(self.net_prices) - self.voucher_cents)

    def tax(self) -> int:
        """Return the tax on the taxable amount, rounded to the nearest cent."""
        return round(self.net() * self.tax_percent / 100)

    def gross(self) -> int:
        """Return what the customer pays."""
        full = sum(self.net_prices)
        return max(0, full + round(full * self.tax_percent / 100) - self.voucher_cents)
