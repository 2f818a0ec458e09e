"""Retry calls that fail for passing reasons."""

from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class RetriesExhaustedError(Exception):
    """Every attempt failed; the cause is the last failure."""


def call_with_retries(
    function: Callable[[], Result],
    attempts: int,
    sleep: Callable[[float], None],
    base_delay_s: float = 1.0,
) -> Result:
    """Return the function's result, trying up to `attempts` times on OSError.

    Between two attempts `sleep` is called with a delay that doubles each time; there is none after the last.
    """
    last_error: OSError | None = None
    for attempt in range(1, attempts):
        try:
            return function()
        except OSError as error:
            last_error = error
            if attempt < attempts:
                sleep(base_delay_s * 2 ** (attempt - 1))
    raise RetriesExhaustedError(f"gave up after {attempts} attempts") from last_error
