"""Python."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import COMMENT_HASH, Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_python

    return tree_sitter.Language(tree_sitter_python.language())


PYTHON = Language(
    id="python",
    fence="python",
    extensions=frozenset({".py", ".pyi", ".pyw"}),
    grammar=_grammar,
    functions=frozenset({"function_definition"}),
    classes=frozenset({"class_definition"}),
    variables=frozenset({"assignment"}),
    wrappers=frozenset({"decorated_definition", "expression_statement"}),
    blocks=frozenset({"block"}),
    names=frozenset({"identifier"}),
    strings=frozenset({"string"}),
    handlers=frozenset({"except_clause"}),
    definition=r"(?:def|class|async)\b|@",
    imports=r"(?:import|from)\s",
    comment=COMMENT_HASH,
    has_braces=False,
)
