"""Where the text of a log names files of the workspace."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from qwen_lsp.model import Failure, ParsedLog, Position, Range
from qwen_lsp.text import DocumentSource, JoinedText, split_lines
from qwen_lsp.workspace.locate import locate

_MAX_MENTIONS = 5_000
_MAX_FRAMES = 5_000
# What stands between a path and its line: 'File "a.py", line 3', "a.py:3", "a.ts(3,4)", "a.sql line 3".
_LINE = re.compile(r"[\"']?(?::|, line |\(| line |, on line )(?P<lineno>[0-9]{1,9})")
_PATH_CHARACTER = re.compile(r"[\w./\\-]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the log (never more than one line) and the place of a file that it names."""

    where: Range
    path: Path
    range: Range


def mentions(text: str, parsed: ParsedLog, roots: Sequence[Path], documents: DocumentSource) -> list[Mention]:
    """Return where ``text`` names frames of ``parsed``, which was read from it, in the order of the text.

    Only frames in the workspace count, causes and members of groups included. Of a path that a terminal broke each
    part is a mention.
    """
    places = _places(parsed, roots, documents)
    joined = JoinedText(text, parsed.breaks)
    starts = [0, *accumulate(len(line) for line in split_lines(text))]
    found: dict[int, Mention] = {}
    # Longest first: "src/shop/cart.py" is not a mention of "cart.py".
    for printed in sorted(places, key=len, reverse=True):
        for start, end, lineno in _occurrences(joined.text, printed):
            place = places[printed].get(lineno)
            if place is None or len(found) >= _MAX_MENTIONS:
                continue
            for part_start, part_end in joined.parts(start, end):
                line = bisect_right(starts, part_start) - 1
                where = Range(Position(line, part_start - starts[line]), Position(line, part_end - starts[line]))
                found.setdefault(part_start, Mention(where, *place))
    return [found[start] for start in sorted(found)]


def _places(
    parsed: ParsedLog, roots: Sequence[Path], documents: DocumentSource
) -> dict[str, dict[int | None, tuple[Path, Range]]]:
    """Return the place of each frame, by its path as printed and its line; None stands for a frame without a line."""
    places: dict[str, dict[int | None, tuple[Path, Range]]] = defaultdict(dict)
    single = [replace(one, cause=None, members=()) for failure in parsed.failures for one in _all(failure)]
    count = 0
    for located in locate(ParsedLog(tuple(single)), roots, documents):
        for one in located.frames:
            count += 1
            if one.place is not None and count <= _MAX_FRAMES:
                places[one.frame.path].setdefault(one.frame.lineno, one.place)
    return places


def _all(failure: Failure) -> Iterator[Failure]:
    yield failure
    for member in failure.members:
        yield from _all(member)
    if failure.cause is not None:
        yield from _all(failure.cause)


def _occurrences(text: str, printed: str) -> Iterator[tuple[int, int, int | None]]:
    """Yield where ``printed`` stands by itself, with the line number after it: start, end, number or None."""
    start = text.find(printed)
    while start >= 0:
        end = start + len(printed)
        is_whole = (not start or not _PATH_CHARACTER.match(text, start - 1)) and not re.match(
            r"[\w/\\]", text[end : end + 1]
        )
        if is_whole:
            line = _LINE.match(text, end)
            yield start, line.end() if line else end, int(line["lineno"]) if line else None
        start = text.find(printed, end)
