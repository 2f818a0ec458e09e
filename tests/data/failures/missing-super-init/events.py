"""A tiny event bus."""

from collections.abc import Callable
from typing import Any

Handler = Callable[[Any], None]


class EventBus:
    """Calls the handlers of an event in the order in which they subscribed."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Handler]] = {}

    def subscribe(self, event: str, handler: Handler) -> None:
        self._handlers.setdefault(event, []).append(handler)

    def publish(self, event: str, payload: Any = None) -> int:
        """Call the event's handlers and return how many there were."""
        handlers = self._handlers.get(event, [])
        for handler in handlers:
            handler(payload)
        return len(handlers)


class AuditedBus(EventBus):
    """An event bus that also remembers what was published, up to `limit` events."""

    def __init__(self, limit: int = 100) -> None:
        self.limit = limit
        self.history: list[tuple[str, Any]] = []

    def publish(self, event: str, payload: Any = None) -> int:
        self.history = [*self.history, (event, payload)][-self.limit :]
        return super().publish(event, payload)
