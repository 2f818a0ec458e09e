"""Convert amounts with cached exchange rates."""

from collections.abc import Callable

from timed_cache import TimedCache


class Converter:
    """`load_rate` asks the bank, which is slow; its answers are good for ten minutes."""

    def __init__(self, load_rate: Callable[[str], float], clock: Callable[[], float]) -> None:
        self._load_rate = load_rate
        self._rates: TimedCache[float] = TimedCache(600, clock)

    def rate(self, currency: str) -> float:
        """Return the euros for one unit of the currency."""
        rate = self._rates.get(currency)
        if rate is None:
            rate = self._load_rate(currency)
            self._rates.set(currency, rate)
        return rate

    def to_euros(self, amount: float, currency: str) -> float:
        """Return the amount in euros, rounded to the cent."""
        return round(amount * self.rate(currency), 2)
