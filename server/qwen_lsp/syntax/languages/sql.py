"""SQL of any dialect: cut by its tokens (``qwen_lsp.syntax.statements``)."""

from __future__ import annotations

from qwen_lsp.syntax.languages.language import COMMENT_C, Language
from qwen_lsp.syntax.languages.python import PYTHON

SQL = Language(
    id="sql",
    fence="sql",
    extensions=frozenset({".sql", ".ddl", ".psql", ".pgsql"}),
    grammar=PYTHON.grammar,  # read with no text, for a root without children
    functions=frozenset(),
    classes=frozenset(),
    variables=frozenset(),
    blocks=frozenset(),
    names=frozenset(),
    definition=r"(?!)",
    imports=r"(?!)",
    comment=rf"--|#|{COMMENT_C}",
    has_braces=False,
)
