"""Fixes that go around a bad value instead of making it right."""

from __future__ import annotations

from collections import Counter

from qwen_lsp.syntax import Language, TokenKind, parse

_BRANCHES = frozenset(
    {"if", "elif", "elsif", "elseif", "unless", "case", "when", "switch", "match", "try", "except", "catch", "rescue"}
    | {"?", "?.", "??", "?:", "||", "&&", "or", "and", "coalesce", "ifnull", "isnull", "nullif"}
)
_DEFAULTS = frozenset(
    {"setdefault", "getattr", "defaultdict", "getordefault", "putifabsent", "computeifabsent", "orelse", "orelseget"}
    | {"unwrap_or", "unwrap_or_else", "unwrap_or_default", "or_default", "or_insert", "getvalueordefault"}
)
_PYTHON_DEFAULTS = _DEFAULTS | {"get"}  # of a mapping; elsewhere the name says nothing of a default


def adds_guard(before: str, after: str, language: Language) -> bool:
    """Return whether ``after`` decides more often than ``before`` what to do, or has more values for missing ones.

    Most such fixes only dodge the failure. Not all: where a case had been forgotten, the right fix is a branch, too.
    """
    return _guards(after, language) > _guards(before, language)


def _guards(text: str, language: Language) -> int:
    tokens = Counter(
        token.text.lower()
        for token in parse(language, text).tokens()
        if token.kind in (TokenKind.OTHER, TokenKind.NAME)
    )
    defaults = _PYTHON_DEFAULTS if language.id == "python" else _DEFAULTS
    return sum(tokens[one] for one in _BRANCHES | defaults)
