"""A fix that takes code away: what failed is no longer done, or counts no longer."""

from __future__ import annotations

from qwen_lsp.syntax import Language, SyntaxTree, TokenKind, parse


def takes_away(before: str, after: str, language: Language) -> bool:
    """Return whether ``after`` uses names less often than ``before``, which parses.

    Such is a column replaced by 0, a call by None, a condition by a part of it. What is right is seldom like that: of
    the right fixes of 129 failing programs (``tests/data/failures``) five are, and others of code that does not parse.
    """
    old = parse(language, before)
    return not old.error_count and _names_used(parse(language, after)) < _names_used(old)


def _names_used(tree: SyntaxTree) -> int:
    return sum(token.kind is TokenKind.NAME for token in tree.tokens())
