"""A token bucket for outgoing requests."""


class TokenBucket:
    """Holds up to `capacity` tokens; `rate` tokens a second flow in. Starts full."""

    def __init__(self, capacity: int, rate: float, now: float = 0.0) -> None:
        self.capacity = capacity
        self.rate = rate
        self.tokens = float(capacity)
        self._updated = now

    def take(self, now: float, tokens: int = 1) -> bool:
        """Remove tokens and return True, or return False and change nothing when there are too few."""
        self._refill(now)
        if tokens > self.tokens:
            return False
        self.tokens -= tokens
        return True

    def wait_s(self, now: float, tokens: int = 1) -> float:
        """Return the seconds until that many tokens are there."""
        self._refill(now)
        return max(0.0, (tokens - self.tokens) / self.rate)

    def _refill(self, now: float) -> None:
        self.tokens = self.tokens + (now - self._updated) * self.rate
        self._updated = now
