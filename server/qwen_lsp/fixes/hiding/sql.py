"""Fixes of SQL that mend nothing."""

from __future__ import annotations

import re
from collections import Counter

from qwen_lsp.syntax import TokenKind, parse
from qwen_lsp.syntax.languages import SQL

_IGNORING = re.compile(r"\bor ignore\b|\bdo nothing\b|\binsert ignore\b|\blimit 0\b|\bwhere (?:1 = 0|false)\b")
_CONSTRAINT = re.compile(r"(?<!is )\bnot null\b|\bunique\b|\bcheck\b|\breferences\b|\bforeign key\b|\bprimary key\b")

_MERGED_TOKENS = 3
"""A semicolon too many makes two statements of one; taking it out loses no more than this."""


def hides_error(before: str, after: str) -> bool:
    """Return whether ``after`` ignores conflicts, drops a constraint, or has fewer statements than ``before``."""
    old, new = _features(before), _features(after)
    return (
        new["ignoring"] > old["ignoring"]
        or new["constraints"] < old["constraints"]
        or (new["statements"] < old["statements"] and old["tokens"] - new["tokens"] > _MERGED_TOKENS)
    )


def _features(text: str) -> Counter[str]:
    tree = parse(SQL, text)
    # "if not exists" is no constraint, and words in strings and comments are none.
    words = " ".join(
        " ".join(token.text.lower().split())
        for token in tree.tokens()
        if token.kind not in {TokenKind.COMMENT, TokenKind.STRING}
    )
    return Counter(
        ignoring=len(_IGNORING.findall(words)),
        constraints=len(_CONSTRAINT.findall(words)),
        statements=len(tree.definitions),
        tokens=sum(1 for token in tree.tokens() if token.kind is not TokenKind.COMMENT),
    )
