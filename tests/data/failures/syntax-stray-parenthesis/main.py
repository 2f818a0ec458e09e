"""Exponential backoff with jitter taken from a caller's random source."""

import random
from collections.abc import Iterator


def delays(attempts: int, base_s: float, limit_s: float, rng: random.Random) -> Iterator[float]:
    """Yield a delay for each retry: doubled each time, capped at the limit, plus up to 10 % jitter."""
    delay = base_s
    for _ in range(attempts):
        jitter = rng.uniform(0, 0.1) * delay
        yield round(min(delay, limit_s) + jitter), 3)
        delay = min(delay * 2, limit_s)


def main() -> None:
    for number, delay in enumerate(delays(5, 0.5, 4.0, random.Random(7)), start=1):
        print(f"retry {number}: wait {delay} s")


if __name__ == "__main__":
    main()
