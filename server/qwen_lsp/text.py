"""Text of a file at one moment, and its lines as LSP counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from qwen_lsp.model import Break, Position, Range

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def split_lines(text: str) -> list[str]:
    r"""Return the lines of ``text`` with their endings; only ``\n``, ``\r\n`` and ``\r`` end a line.

    ``str.splitlines`` also breaks at form feeds, U+2028 and six more, which puts every later line number off
    (LSP 3.17, "Text Documents": the three line endings). ``"".join(split_lines(text)) == text`` always holds.
    """
    return _LINE.findall(text)


class JoinedText:
    """A text without some of its line ends, and where each of its characters stands with them."""

    def __init__(self, text: str, breaks: Sequence[Break]) -> None:
        self._breaks = breaks
        self._starts = [0]
        pieces: list[str] = []
        length = end = 0
        for one in breaks:
            pieces += text[end : one.start], one.filler
            length += one.start - end + len(one.filler)
            end = one.end
            self._starts.append(length)
        self.text = "".join([*pieces, text[end:]])

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where what stands from ``start`` up to ``end`` stands in the original, one part a line."""
        place = bisect_right(self._starts, start) - 1
        while start < end:
            shift = (self._breaks[place - 1].end if place else 0) - self._starts[place]
            if place == len(self._breaks):
                yield start + shift, end + shift
                return
            yield start + shift, min(end + shift, self._breaks[place].start)
            place += 1
            start = self._starts[place]


@dataclass(frozen=True)
class TextSnapshot:
    """The text of the file at ``path`` (absolute); ``version`` is the open document's, None when read from disk."""

    path: Path
    text: str
    version: int | None = None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, each with its line ending."""
        return tuple(split_lines(self.text))

    def line(self, index: int) -> str:
        """Return line ``index`` (0-based) without its line ending; empty beyond the end."""
        return self.lines[index].rstrip("\r\n") if 0 <= index < len(self.lines) else ""

    def content_range(self, index: int) -> Range:
        """Return the range of line ``index`` (0-based) without its indentation and trailing white space."""
        line = self.line(index)
        end = len(line.rstrip())
        return Range(Position(index, min(len(line) - len(line.lstrip()), end)), Position(index, end))

    def slice(self, start_line: int, end_line: int) -> str:
        """Return the text of lines ``start_line`` up to, not including, ``end_line``, with their endings."""
        return "".join(self.lines[start_line:end_line])


class DocumentSource(Protocol):
    """Where file texts come from: open buffers first, else the disk. Only the workspace layer reads files."""

    def read(self, path: Path) -> TextSnapshot | None:
        """Return the file's present text, or None when it is not a readable text file."""
        ...
