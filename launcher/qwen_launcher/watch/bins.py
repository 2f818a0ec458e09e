"""Puts samples into equal stretches of time, as many as a chart or a table can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qwen_launcher.watch.source import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qwen_launcher.watch.quantities import Line
    from qwen_launcher.watch.source import Sample


@dataclass(frozen=True, slots=True)
class Bin:
    """The samples from `start_s` up to, not including, `end_s` (seconds since the epoch)."""

    start_s: float
    end_s: float
    samples: tuple[Sample, ...]

    def value(self, line: Line) -> float | None:
        """Return the highest value in this stretch (the sum of what is added up), None when nothing is known."""
        values = [value for sample in self.samples if (value := line.value(sample.measures)) is not None]
        if not values:
            return None
        return sum(values) if line.total else max(values)

    @property
    def status(self) -> Status | None:
        """The worst status in this stretch; None when nothing was watched."""
        found = {sample.status for sample in self.samples}
        return next((status for status in (Status.DOWN, Status.UP, Status.OFF) if status in found), None)


def split(samples: Sequence[Sample], start_s: float, end_s: float, count: int) -> list[Bin]:
    """Return `count` stretches of equal length that cover `start_s` to `end_s`, with the samples that lie there."""
    length_s = (end_s - start_s) / count
    contents: list[list[Sample]] = [[] for _ in range(count)]
    for sample in samples:
        if start_s <= sample.time_s <= end_s:
            contents[min(int((sample.time_s - start_s) / length_s), count - 1)].append(sample)
    return [
        Bin(start_s + number * length_s, start_s + (number + 1) * length_s, tuple(content))
        for number, content in enumerate(contents)
    ]
