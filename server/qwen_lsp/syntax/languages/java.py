"""Java."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import DEFINITION_C, IN_CLASS, Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_java

    return tree_sitter.Language(tree_sitter_java.language())


JAVA = Language(
    id="java",
    fence="java",
    extensions=frozenset({".java"}),
    grammar=_grammar,
    functions=frozenset({"method_declaration", "constructor_declaration", "compact_constructor_declaration"}),
    classes=frozenset(
        {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
        | {"annotation_type_declaration"}
    ),
    variables=frozenset(),
    members=frozenset({"field_declaration", "constant_declaration"}),
    blocks=frozenset(
        {"block", "class_body", "interface_body", "enum_body", "constructor_body", "switch_block"}
        | {"switch_block_statement_group"}
    ),
    names=frozenset({"identifier", "type_identifier"}),
    strings=frozenset({"string_literal", "character_literal"}),
    definition=DEFINITION_C,
    shells=("%s", IN_CLASS),
    imports=r"import\s",
    heads=frozenset({"package_declaration"}),
)
