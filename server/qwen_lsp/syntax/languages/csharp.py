"""C#."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import DEFINITION_C, IN_CLASS, Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_c_sharp

    return tree_sitter.Language(tree_sitter_c_sharp.language())


CSHARP = Language(
    id="csharp",
    fence="csharp",
    extensions=frozenset({".cs"}),
    grammar=_grammar,
    functions=frozenset(
        {"method_declaration", "constructor_declaration", "destructor_declaration", "operator_declaration"}
        | {"local_function_statement"}
    ),
    classes=frozenset(
        {"class_declaration", "struct_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
    ),
    variables=frozenset(),
    members=frozenset({"property_declaration", "variable_declarator"}),
    wrappers=frozenset({"variable_declaration", "field_declaration", "event_field_declaration"}),
    blocks=frozenset({"block", "declaration_list", "switch_body", "enum_member_declaration_list", "accessor_list"}),
    names=frozenset({"identifier"}),
    strings=frozenset({"string_literal", "verbatim_string_literal", "raw_string_literal", "character_literal"}),
    definition=DEFINITION_C,
    shells=("%s", IN_CLASS),
    imports=r"(?:global\s+)?using\s+(?!\(|var\b)[^(=]*;",
)
