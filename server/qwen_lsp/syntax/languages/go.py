"""Go."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_go

    return tree_sitter.Language(tree_sitter_go.language())


GO = Language(
    id="go",
    fence="go",
    extensions=frozenset({".go"}),
    grammar=_grammar,
    functions=frozenset({"function_declaration", "method_declaration"}),
    classes=frozenset({"type_spec"}),
    variables=frozenset({"const_spec", "var_spec"}),
    wrappers=frozenset({"type_declaration", "const_declaration", "var_declaration"}),
    blocks=frozenset({"statement_list", "expression_switch_statement", "type_switch_statement", "select_statement"}),
    names=frozenset({"identifier", "field_identifier", "type_identifier", "package_identifier"}),
    strings=frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"}),
    handlers=frozenset(),
    definition=r"(?:func|type|const|var)\b",
    imports=r"import\s",
    swallowing=r"recover$|t\.Skip",
    assertion=r"(?:assert|require)\.|t\.(?:Error|Fatal|Fail)",
    heads=frozenset({"package_clause"}),
)
