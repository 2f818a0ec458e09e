"""Whether a change that makes the command succeed is what the model would expect to stand there.

It wrote the change itself, but as an answer to a question that asks for one. Filling the gap that the changed lines
leave, with the rest of the file around it, is another question. Of 34 changes of the tuning set that made the command
succeed and did not look like a dodge, 13 of the 17 that it finds likelier than the limit were right, and 7 of the
others; of 7 mended syntax errors all. To ask the model itself whether a change is right told nothing.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import CheckedFix, Gap
from qwen_lsp.text import DocumentSource, split_lines

_LIKELY = -5.0
"""Natural logarithm of how likely the model must find all of the changed lines."""

_MAX_CHARACTERS = 12_000
"""Of the file: it is read once more."""


async def is_expected(fix: CheckedFix, backend: ChatBackend, documents: DocumentSource) -> bool:
    """Return whether the model finds what ``fix`` writes likely; also where that cannot be told."""
    changed = apply_fix(fix, documents)
    if len(changed) != 1 or len(changed[0][0].text) > _MAX_CHARACTERS:
        return True
    ((snapshot, text),) = changed
    old, new = snapshot.lines, split_lines(text)
    hunks = [one for one in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if one[0] != "equal"]
    _, start, _, new_start, _ = hunks[0]
    _, _, end, _, new_end = hunks[-1]
    gap = Gap("".join(old[:start]), "".join(old[end:]))
    try:
        likelihood = await backend.likelihood(gap, "".join(new[new_start:new_end]))
    except BackendError:  # what works is offered all the same
        return True
    return likelihood is None or likelihood >= _LIKELY
