"""C and C++."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter

from qwen_lsp.syntax.languages.language import DEFINITION_C, IN_CLASS, Language


def _c() -> tree_sitter.Language:
    import tree_sitter_c

    return tree_sitter.Language(tree_sitter_c.language())


def _cpp() -> tree_sitter.Language:
    import tree_sitter_cpp

    return tree_sitter.Language(tree_sitter_cpp.language())


C = Language(
    id="c",
    fence="c",
    extensions=frozenset({".c"}),
    grammar=_c,
    functions=frozenset({"function_definition"}),
    classes=frozenset({"struct_specifier", "union_specifier", "enum_specifier", "type_definition"}),
    variables=frozenset({"declaration", "preproc_def", "preproc_function_def"}),
    blocks=frozenset({"compound_statement", "field_declaration_list", "declaration_list"}),
    names=frozenset({"identifier", "field_identifier", "type_identifier"}),
    strings=frozenset({"string_literal", "char_literal", "raw_string_literal", "system_lib_string"}),
    definition=DEFINITION_C,
    imports=r"#\s*include\b",
    heads=frozenset({"preproc_ifdef", "preproc_def", "preproc_call"}),
)

CPP = replace(
    C,
    id="cpp",
    fence="cpp",
    # A header may be either; the grammar of C++ reads both.
    extensions=frozenset({".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp"}),
    grammar=_cpp,
    classes=C.classes | {"class_specifier", "concept_definition", "alias_declaration"},
    wrappers=frozenset({"template_declaration"}),
    shells=("%s", f"{IN_CLASS};"),
    assertion=r"(?:static_)?assert|(?:ASSERT|EXPECT|CHECK|REQUIRE)(?:_|\b)",
)
