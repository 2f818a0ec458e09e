"""Fixes that go around a bad value instead of making it right."""

from __future__ import annotations

from collections import Counter

from qwen_lsp.syntax import Language, TokenKind, parse

_BRANCHES = frozenset(
    {"if", "elif", "elsif", "elseif", "unless", "case", "when", "switch", "match", "try", "except", "catch", "rescue"}
    | {"?", "?.", "??", "?:", "||", "&&", "or", "and", "coalesce", "ifnull", "isnull", "nullif"}
)


def adds_branch(before: str, after: str, language: Language) -> bool:
    """Return whether ``after`` decides more often than ``before`` what to do: most such fixes only dodge the failure.

    Not all: where a case had been forgotten, the right fix is a branch, too. So this is a reason to look on, not to
    refuse.
    """
    return _branches(after, language) > _branches(before, language)


def _branches(text: str, language: Language) -> int:
    tokens = Counter(
        token.text.lower()
        for token in parse(language, text).tokens()
        if token.kind in (TokenKind.OTHER, TokenKind.NAME)
    )
    return sum(tokens[one] for one in _BRANCHES)
