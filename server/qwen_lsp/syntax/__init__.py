"""Syntax trees of source files, and what each language calls its parts."""

from qwen_lsp.syntax.languages import Language, language_of
from qwen_lsp.syntax.tree import Definition, SyntaxTree, parse

__all__ = ["Definition", "Language", "SyntaxTree", "language_of", "parse"]
