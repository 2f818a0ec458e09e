"""A limiter that lets a number of calls through in each window of time."""

from collections.abc import Callable


def make_limiter(limit: int, window_s: float) -> Callable[[float], bool]:
    """Return a function that, given the time in seconds, tells whether one more call is allowed."""
    window_start = 0.0
    used = 0

    def acquire(now: float) -> bool:
        if now - window_start >= window_s:
            window_start = now
            used = 0
        if used >= limit:
            return False
        used += 1
        return True

    return acquire


def main() -> None:
    acquire = make_limiter(limit=2, window_s=1.0)
    for now in (0.1, 0.2, 0.3, 1.2, 1.3, 1.4):
        print(f"{now:.1f} {'ok' if acquire(now) else 'rejected'}")


if __name__ == "__main__":
    main()
