"""Read a model's reply: the cause in a sentence, then the corrected region in a fenced block."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
_MAX_CAUSE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply taken apart. ``code`` is None when there is no block; ``is_cut`` when the block has no closing fence."""

    cause: str
    code: str | None
    is_cut: bool = False


def parse_reply(text: str) -> Reply:
    """Return the parts of ``text``; of several blocks the last is taken, as models show the old code first."""
    blocks: list[tuple[str, bool]] = []
    first_fence: int | None = None
    at = 0
    while (opening := _FENCE.search(text, at)) is not None:
        first_fence = opening.start() if first_fence is None else first_fence
        body_start = min(opening.end() + 1, len(text))
        closing = re.compile(rf"^{re.escape(opening['fence'])}[ \t]*$", re.MULTILINE).search(text, body_start)
        blocks.append((text[body_start : closing.start() if closing else len(text)], closing is None))
        if closing is None:
            break
        at = closing.end()
    code, is_cut = blocks[-1] if blocks else (None, False)
    return Reply(cause=_cause(text[:first_fence], text), code=code, is_cut=is_cut)


def _cause(before_code: str, text: str) -> str:
    """Return the explanation without its label, from before the code, else from anywhere."""
    found = re.search(r"^\W*cause\W*?:[*\s]*(?P<cause>.+?)(?:\n\s*\n|\Z)", before_code or text, re.I | re.M | re.S)
    said = found["cause"] if found else before_code
    words = " ".join(said.split())
    return words if len(words) <= _MAX_CAUSE_CHARACTERS else words[:_MAX_CAUSE_CHARACTERS] + " ..."
