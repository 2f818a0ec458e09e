"""Recognise replies that leave out code which they were to repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.syntax import DefinitionKind, Language, SyntaxTree

_COMMENT = r"(?:#|//|--|/\*+|<!--|\{/\*)"
# "...options," in JavaScript is code.
_PLACEHOLDER = re.compile(
    rf"^\s*(?:{_COMMENT}\s*(?:\.\.\.|…)|(?:\.\.\.|…)(?![\w$({{\[*]))"
    rf"|^\s*{_COMMENT}.*(?:\.\.\.|…)(?:\s*\*/\}}?)?\s*$"
    rf"|^\s*{_COMMENT}.*\b(?:rest of|remain\w*|existing code|unchanged)\b",
    re.IGNORECASE,
)


def placeholder(old: Sequence[str], new: Sequence[str], language: Language | None) -> str | None:
    """Return the line of ``new`` that stands for lines of ``old``, such as "# ... rest of the function"."""
    if _code_count(new, language) >= _code_count(old, language):
        return None
    known = {line.strip() for line in old}
    return next((line.strip() for line in new if _PLACEHOLDER.match(line) and line.strip() not in known), None)


def lost_definitions(before: SyntaxTree, after: SyntaxTree) -> list[str]:
    """Return the names of functions and classes that are gone; a renamed one is not.

    Empty where ``before`` has errors: its definitions are then not known for certain.
    """
    old, new = _names(before), _names(after)
    if before.error_count or len(new) >= len(old):
        return []
    return [name for name in dict.fromkeys(old) if name not in new]


def _code_count(lines: Sequence[str], language: Language | None) -> int:
    return sum(1 for line in lines if line.strip() and not (language is not None and language.is_comment(line)))


def _names(tree: SyntaxTree) -> list[str]:
    return [one.name or "a statement" for one in tree.definitions if one.kind is not DefinitionKind.VARIABLE]
