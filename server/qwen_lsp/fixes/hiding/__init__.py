"""Recognise fixes that mend nothing: they change no code, or make only the symptom vanish."""

from __future__ import annotations

from qwen_lsp.fixes.hiding import calls, python, sql
from qwen_lsp.fixes.hiding.dodging import dodges
from qwen_lsp.syntax import Language, TokenKind, parse
from qwen_lsp.syntax.languages import PYTHON


def hides_error(before: str, after: str, exception_type: str, language: Language = PYTHON) -> bool:
    """Return whether ``after`` catches or steps over the reported error, or asserts less than ``before``."""
    if language.id == "python":
        return python.hides_error(before, after, exception_type)
    if language.id == "sql":
        return sql.hides_error(before, after)
    return calls.hides_error(parse(language, before), parse(language, after), exception_type)


def is_same_program(before: str, after: str, language: Language = PYTHON) -> bool:
    """Return whether both texts are the same program: only comments and layout differ."""
    if language.id == "python":
        return python.is_same_program(before, after)
    return _code(before, language) == _code(after, language)


def _code(text: str, language: Language) -> list[str]:
    return [token.text for token in parse(language, text).tokens() if token.kind is not TokenKind.COMMENT]


__all__ = ["dodges", "hides_error", "is_same_program"]
