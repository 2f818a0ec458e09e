"""Read a model's reply: the cause in a sentence, then the corrected region in a fenced block."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Also as a list item ("2. ```python"), which small models like to make of it.
_FENCE = re.compile(r"^(?:[ \t]*(?:\d+\.|[-*])[ \t]+)?(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)$", re.MULTILINE)
# [^\w\n], not \W: a reply that ends in thousands of empty lines must not be searched anew from each of them.
# Asked for a Chinese sentence, models put the label into Chinese as well, or a full-width colon (U+FF1A) behind it.
_CAUSE = re.compile(
    r"^[^\w\n]*(?:(?:root[ -])?cause|(?:根本)?原因)[^\w\n]*?[:\uff1a][*\s]*(?P<cause>.+?)(?:\n[^\S\n]*\n|\Z)",
    re.I | re.M | re.S,
)
_NOT_CODE = frozenset({"bash", "console", "diff", "output", "plaintext", "sh", "shell", "text"})
_MAX_CAUSE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply taken apart. ``code`` is None when there is no block; ``is_cut`` when the block has no closing fence."""

    cause: str
    code: str | None
    is_cut: bool = False


def parse_reply(text: str) -> Reply:
    """Return the parts of ``text``.

    Of several blocks the last is taken, as models show the old code first; commands and their output do not count.
    """
    blocks: list[tuple[str, bool]] = []
    asides: list[tuple[str, bool]] = []
    first_fence: int | None = None
    at = 0
    while (opening := _FENCE.search(text, at)) is not None:
        first_fence = opening.start() if first_fence is None else first_fence
        body_start = min(opening.end() + 1, len(text))
        # CommonMark 0.31, 4.5: a closing fence is at least as long as the opening one.
        fence = opening["fence"]
        closing = re.compile(rf"^{fence}{fence[0]}*[ \t\r]*$", re.MULTILINE).search(text, body_start)
        kind = asides if opening["info"].strip().lower() in _NOT_CODE else blocks
        kind.append((text[body_start : closing.start() if closing else len(text)], closing is None))
        if closing is None:
            break
        at = closing.end()
    cause = _cause(text[:first_fence], text)
    taken = blocks or asides
    return Reply(cause, *taken[-1]) if taken else Reply(cause, code=None)


def _cause(before_code: str, text: str) -> str:
    """Return the explanation without its label, from before the code, else from anywhere."""
    found = _CAUSE.search(before_code or text)
    said = found["cause"] if found else re.sub(r"\A\W*(?:\d+\.)?\s*", "", before_code)
    words = " ".join(said.split())
    return words if len(words) <= _MAX_CAUSE_CHARACTERS else words[:_MAX_CAUSE_CHARACTERS] + " ..."
