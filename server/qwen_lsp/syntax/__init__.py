"""Syntax trees of source files, and what each language calls its parts."""

from qwen_lsp.syntax.languages import Language, is_test, language_of
from qwen_lsp.syntax.pieces import outermost_names
from qwen_lsp.syntax.python_module import python_module
from qwen_lsp.syntax.tree import Definition, DefinitionKind, SyntaxTree, TokenKind, parse

__all__ = [
    "Definition",
    "DefinitionKind",
    "Language",
    "SyntaxTree",
    "TokenKind",
    "is_test",
    "language_of",
    "outermost_names",
    "parse",
    "python_module",
]
