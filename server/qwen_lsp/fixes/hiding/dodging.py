"""Fixes after which the failing step may only not be reached any more.

Each rule has right fixes that break it: one in seven of the reference fixes of the tuning set (tests/data/failures).
Of what was tried and made these programs' commands succeed, three in four that a rule points at were wrong, and one in
three of the others. So this is a reason to doubt and to look on, not to refuse.
"""

from __future__ import annotations

from collections import Counter

from qwen_lsp.fixes.hiding.guards import adds_guard
from qwen_lsp.syntax import DefinitionKind, Language, SyntaxTree, TokenKind, parse


def dodges(before: str, after: str, language: Language) -> bool:
    """Return whether ``after`` may mend nothing: it takes code away, adds a guard, or defines other things."""
    if adds_guard(before, after, language):
        return True
    old, new = parse(language, before), parse(language, after)
    # Of code that did not parse it is not known what it used and defined.
    return not old.error_count and (_names_used(new) < _names_used(old) or _defined(new) != _defined(old))


def _names_used(tree: SyntaxTree) -> int:
    """Return how often names are used: less often where a column became 0, a call None, a condition a part of it."""
    return sum(token.kind is TokenKind.NAME for token in tree.tokens())


def _defined(tree: SyntaxTree) -> Counter[str]:
    """Return the functions and classes: others where one was renamed to what is called, or replaces an imported one."""
    if tree.language.id == "sql":  # statements
        return Counter()
    return Counter(one.name for one in tree.definitions if one.kind is not DefinitionKind.VARIABLE)
