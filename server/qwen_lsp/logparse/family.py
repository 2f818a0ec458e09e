"""How a family of failure logs declares itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qwen_lsp.logparse.sighting import Reading, Sighting


class Mark(NamedTuple):
    r"""A piece of text that shows where to read: ``text``, and right behind it what the pattern ``then`` matches.

    A leading ``\n`` stands for the beginning of a line, also of the log's first. ``then`` is a regular expression,
    for texts that other output holds, too: ``Mark(".py:", r"[0-9]+: in ")``.
    """

    text: str
    then: str = ""


Marks = tuple[Mark | str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of logs: its reader and the marks that say which lines it is given.

    ``read`` is called once for a log that has a mark of the family, and not at all for other logs. It gets cleaned
    lines, which are its own: ``lines_before`` and ``lines_after`` each mark, blank lines where others are left out. It
    never raises and takes linear time.
    """

    name: str
    read: Callable[[list[str]], Reading]
    marks: Marks
    lines_before: int = 400
    lines_after: int = 1_000
    beside: Callable[[Sequence[Sighting], Sequence[Sighting]], Sequence[Sighting]] | None = None
    """Returns which of the family's sightings (first) count beside those of the families before it; all, if None."""
