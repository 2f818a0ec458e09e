"""Syntax trees of source files, and what each language calls its parts."""

from qwen_lsp.syntax.languages import Language, language_of
from qwen_lsp.syntax.tree import Definition, DefinitionKind, SyntaxTree, parse

__all__ = ["Definition", "DefinitionKind", "Language", "SyntaxTree", "language_of", "parse"]
