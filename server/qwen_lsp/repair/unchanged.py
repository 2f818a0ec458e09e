"""Tell early that the model only writes the code again: a small one does in two of five cases."""

from __future__ import annotations

from qwen_lsp.fixes import parse_reply
from qwen_lsp.model import Located, Region
from qwen_lsp.text import split_lines

_ENOUGH = 2 / 3
"""Of the region: an answer that is of use after all goes on more slowly beside others."""


class Copying:
    """Whether a reply about ``located``, as far as it has come, repeats ``region`` past the place of the fault.

    That is past the failing line, if it is in there, and most of the region. What comes after it is seldom changed.
    """

    def __init__(self, located: Located, region: Region) -> None:
        lines = split_lines(region.text)
        end = round(_ENOUGH * len(lines))
        if located.place is not None:
            path, where = located.place
            if path == region.path and region.start_line <= where.end.line < region.end_line:
                end = max(end, where.end.line - region.start_line + 1)
        self._code = _code(lines[:end])

    def seen_in(self, text: str) -> bool:
        """Return whether ``text``, the reply so far, does so."""
        written = parse_reply(text).code
        if not written or not self._code:
            return False
        return _code(split_lines(written)[:-1])[: len(self._code)] == self._code  # the last line is not yet whole


def _code(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]
