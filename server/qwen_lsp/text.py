"""Text of a file at one moment, and its lines as LSP counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from qwen_lsp.model import Position, Range

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def split_lines(text: str) -> list[str]:
    r"""Return the lines of ``text`` with their endings; only ``\n``, ``\r\n`` and ``\r`` end a line.

    ``str.splitlines`` also breaks at form feeds, U+2028 and six more, which puts every later line number off
    (LSP 3.17, "Text Documents": the three line endings). ``"".join(split_lines(text)) == text`` always holds.
    """
    return _LINE.findall(text)


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
