"""Upload reports to a share that is at times not reachable."""

from collections.abc import Callable

from retry import call_with_retries


class Uploader:
    def __init__(self, send: Callable[[str, bytes], int], sleep: Callable[[float], None]) -> None:
        self._send = send
        self._sleep = sleep

    def upload(self, name: str, content: bytes) -> str:
        """Return a line for the log. Raises: RetriesExhaustedError: three attempts failed."""
        size = call_with_retries(lambda: self._send(name, content), attempts=3, sleep=self._sleep)
        return f"{name}: {size} bytes"
