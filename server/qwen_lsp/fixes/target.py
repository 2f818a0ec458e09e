"""Which of the regions that were shown a reply rewrites."""

from __future__ import annotations

from collections.abc import Sequence

from qwen_lsp.model import Region
from qwen_lsp.syntax import language_of, outermost_names


def target_of(code: str, asked: Region, shown: Sequence[Region]) -> Region:
    """Return ``asked``, or the one of ``shown`` that has the definitions of ``code`` when ``asked`` has none of them.

    A model that sees the mistake in a function that it was shown for reading rewrites that one; its name tells.
    """
    written = _names(code, asked)
    if not written or written & _names(asked.text, asked):
        return asked
    return next((region for region in shown if written <= _names(region.text, region)), asked)


def _names(text: str, region: Region) -> set[str]:
    language = language_of(region.path)
    if language is None:
        return set()
    return set(outermost_names(text, language))
