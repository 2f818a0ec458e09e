"""A queue of print jobs: urgent ones first, equal ones in the order of arrival."""

import heapq
import itertools
from dataclasses import dataclass


@dataclass
class Job:
    document: str
    pages: int


class PrintQueue:
    def __init__(self) -> None:
        self._heap: list[tuple] = []
        self._counter = itertools.count()

    def submit(self, job: Job, priority: int = 5) -> int:
        """Add a job, priority 1 is the most urgent; return its ticket number."""
        ticket = next(self._counter)
        heapq.heappush(self._heap, (priority, job, ticket))
        return ticket

    def take(self) -> Job:
        """Remove and return the next job. Raises: IndexError: the queue is empty."""
        return heapq.heappop(self._heap)[1]

    def __len__(self) -> int:
        return len(self._heap)


def main() -> None:
    queue = PrintQueue()
    queue.submit(Job("minutes.pdf", 4))
    queue.submit(Job("contract.pdf", 31), priority=1)
    queue.submit(Job("poster.svg", 1))
    queue.submit(Job("labels.pdf", 2), priority=1)
    while len(queue):
        print(queue.take().document)


if __name__ == "__main__":
    main()
