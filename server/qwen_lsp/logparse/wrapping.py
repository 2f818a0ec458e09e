"""Lines that a terminal broke at its width, as they are copied out of tmux, screen, a console window or a CI console.

A terminal goes on in its next row where a line is longer than the terminal is wide, and what is copied row by row has a
line end there. Most drop the blanks at the end of a row (tmux capture-pane without -N).

That a line was broken cannot be seen from it alone: a tool may have printed one of just that length. So what is read
with such lines joined counts only where it tells more than the log as it stands, and loses nothing (`tells_more`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qwen_lsp.logparse.noise import as_shown
from qwen_lsp.logparse.places import is_underline
from qwen_lsp.model import Break, Failure, ParsedLog

_LARGEST_LOG = 10_000_000
"""Characters: more than terminals keep."""
_SMALL_LOG = 200_000
_SAMPLE_CHARS = 30_000
_LEAST_WIDTH, _LARGEST_WIDTH = 40, 500
_NEAR, _MANY = 8, 3

# How lines end that tools draw as wide as the terminal, or as their table, is: rulers, boxes, pytest's progress.
_DRAWN = re.compile(r"(?:([^\w\s]|_)\1{4}|[│┃║╮╯┐┘╗╝┤|+]|\[ *[0-9]{1,3}%\])$")
_UNDERLINED = re.compile(r"^\s[\s~^]*[~^]$")
# How lines begin that go on from nothing.
_BEGINNING = re.compile(
    r"\s{2}|\t|[│┃║╭╰┌└├╔╚+|]|([^\w\s]|_)\1{3}|E {2}|(?: ?at| \u276f| FAIL| -->|>|\$|#|%) |"
    r"\[[\w./:-]{1,200}\] |[\w.-]{1,100} +\| |"
    r"(?:Traceback \(|Caused by: |goroutine [0-9]|panic: |FAILED[ :]|psql:|error(?:\[\w+\])?: |warning: |note: )|"
    r"\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|\[(?:INFO|ERROR|WARNING|DEBUG)\]|"
    # times of the system's log, of BuildKit, of Jenkins
    r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} |#[0-9]{1,4} |[0-9]{1,6}\.[0-9]{1,3} |"
    r"[0-9]{2}:[0-9]{2}:[0-9]{2}[ .,]"
)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The line ends of a log that a terminal may have put there."""

    breaks: tuple[Break, ...]
    is_plain: bool
    """Whether several lines are as long as the longest, and fewer nearly so: chance hardly does that."""


def find_wrapping(text: str) -> Wrapping | None:
    """Return the line ends of ``text`` behind which a line may go on; None where there are none.

    In a long text there are none unless a sample of it shows plainly that it was wrapped.
    """
    if len(text) > _LARGEST_LOG or (len(text) > _SMALL_LOG and not _is_plain_in_sample(text)):
        return None
    shown = as_shown(text).split("\n")
    width, widths = _widths(shown)
    joins = dict(_joins(shown, width, widths)) if _LEAST_WIDTH <= width <= _LARGEST_WIDTH else {}
    if not joins:
        return None
    return Wrapping(tuple(_breaks(text, joins)), _is_plain(shown, width, widths, joins))


def tells_more(joined: ParsedLog, as_it_stands: ParsedLog, wrapping: Wrapping) -> bool:
    """Return whether ``joined`` has all that ``as_it_stands`` has, and more.

    Where the wrapping is plain, a place may also be a part of a longer one (``in.py:4`` of ``/srv/main.py:42``), and
    with the same places a longer message is more.
    """
    old, new = Counter(_places(as_it_stands.failures)), Counter(_places(joined.failures))
    lost, gained = old - new, new - old
    if not lost and len(joined.problems) < len(as_it_stands.problems):
        return True
    if not wrapping.is_plain:
        return len(new.keys() - old.keys()) > lost.total()
    if old == new:
        return _says_more(joined.failures, as_it_stands.failures)
    return gained.total() >= sum(not any(_is_part(one, other) for other in new) for one in lost.elements())


def _is_plain_in_sample(text: str) -> bool:
    for start in (0, len(text) // 2, len(text) - _SAMPLE_CHARS):
        shown = as_shown(text[start : start + _SAMPLE_CHARS]).split("\n")[1:-1]
        width, widths = _widths(shown)
        if width > _LARGEST_WIDTH or not _is_plain(shown, width, widths, dict(_joins(shown, width, widths))):
            return False
    return True


def _widths(shown: Sequence[str]) -> tuple[int, list[int]]:
    widths = [len(line) if line.isascii() and "\t" not in line else _width(line) for line in map(str.rstrip, shown)]
    return max(widths, default=0), widths


def _width(line: str) -> int:
    """Return how many columns ``line`` takes in a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "FW" else 1
        for character in line.expandtabs()
    )


def _joins(shown: Sequence[str], width: int, widths: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the index of each line that may go on in the next one, and what stands between the two."""
    in_object = goes_on = False
    for index, here in enumerate(widths[:-1]):
        line, below = shown[index].rstrip(), shown[index + 1]
        if not goes_on:
            in_object = line.startswith("{")
        goes_on = here >= width - 1 and _may_go_on(line, below, in_object=in_object)
        if goes_on:
            missing = width - here
            # No half of a wide character stands in the last column.
            yield index, "" if missing and _width(below[0]) > 1 else " " * missing


def _may_go_on(line: str, below: str, *, in_object: bool) -> bool:
    if in_object:
        return not (line.endswith("}") and below.startswith("{"))
    if _UNDERLINED.search(line) and is_underline(below) and not below.startswith(" "):
        return True
    return bool(below.strip()) and not _BEGINNING.match(below) and not _DRAWN.search(line)


def _is_plain(shown: Sequence[str], width: int, widths: Sequence[int], joins: dict[int, str]) -> bool:
    full = {shown[index] for index, filler in joins.items() if not filler}
    counts = Counter(widths)
    near = sum(counts[width - less] for less in range(1, _NEAR))
    return len(full) >= _MANY and len(full) > near


def _breaks(text: str, joins: dict[int, str]) -> Iterator[Break]:
    end = -1
    for index in range(max(joins) + 1):
        start, end = end + 1, text.index("\n", end + 1)
        if index in joins:
            yield Break(start + len(text[start:end].rstrip(" \r")), end + 1, joins[index])


_Place = tuple[str, int | None]


def _all(failures: Sequence[Failure]) -> Iterator[Failure]:
    for failure in failures:
        yield failure
        yield from _all(failure.members)
        if failure.cause is not None:
            yield from _all((failure.cause,))


def _places(failures: Sequence[Failure]) -> Iterator[_Place]:
    return ((frame.path, frame.lineno) for failure in _all(failures) for frame in failure.frames)


def _is_part(one: _Place, whole: _Place) -> bool:
    path, number = one[0], str(one[1] or "")
    return path in whole[0] and (whole[0].startswith(path) or whole[0].endswith(path)) and number in str(whole[1] or "")


def _says_more(joined: Sequence[Failure], as_it_stands: Sequence[Failure]) -> bool:
    old, new = _messages(as_it_stands), _messages(joined)
    return len(old) == len(new) and old != new and all(map(str.startswith, new, old))


def _messages(failures: Sequence[Failure]) -> list[str]:
    return [failure.message.replace("\n", "") for failure in _all(failures)]
