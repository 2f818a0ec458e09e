"""How code and logs are set apart from the instructions around them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.model import Region
from qwen_lsp.prompting.evidence import relative_name
from qwen_lsp.syntax import language_of, outermost_names

DELIMITER = f"log-{secrets.token_hex(3)}"
"""Unknown to whoever wrote the log, so that no log can close its own section; the same for the whole process, so that
the prefix cache still matches."""


def code_block(region: Region, roots: Sequence[Path]) -> str:
    """Return the region under its heading, between fences longer than any in it."""
    language = language_of(region.path)
    text = region.text if region.text.endswith("\n") else region.text + "\n"
    return f"{heading(region, roots)} ({region.why}):\n{fenced(text, language.fence if language else '')}"


def fenced(text: str, name: str) -> str:
    """Return ``text``, which ends in a line ending, as a fenced block; ``name`` is what Markdown calls its language."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{name}\n{text}{fence}"


def heading(region: Region, roots: Sequence[Path]) -> str:
    """Return where the region is, in the words by which the model is asked for it."""
    return f"{relative_name(region.path, roots)}, lines {region.start_line + 1}-{region.end_line}"


def named(region: Region, roots: Sequence[Path]) -> str:
    """Return what the model is asked to rewrite: the functions and classes of ``region``, and where they are."""
    language = language_of(region.path)
    names = outermost_names(region.text, language) if language is not None else []
    place = heading(region, roots)
    return f"{' and '.join(f'`{name}`' for name in names)} ({place})" if names else place
