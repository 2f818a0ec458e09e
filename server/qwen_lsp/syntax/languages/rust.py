"""Rust."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_rust

    return tree_sitter.Language(tree_sitter_rust.language())


RUST = Language(
    id="rust",
    fence="rust",
    extensions=frozenset({".rs"}),
    grammar=_grammar,
    functions=frozenset({"function_item"}),
    classes=frozenset({"struct_item", "enum_item", "trait_item", "impl_item", "union_item", "type_item"}),
    variables=frozenset({"const_item", "static_item"}),
    leading=frozenset({"attribute_item"}),
    blocks=frozenset({"block", "declaration_list", "match_block"}),
    names=frozenset({"identifier", "field_identifier", "type_identifier"}),
    strings=frozenset({"string_literal", "raw_string_literal", "char_literal"}),
    handlers=frozenset(),
    definition=(
        r"(?:pub(?:\([\w:]+\))?\s+)?(?:(?:const|async|unsafe|extern(?:\s+\"\w+\")?)\s+)*"
        r"(?:fn|struct|enum|trait|impl|mod|union)\b|#\["
    ),
    shells=("%s", "impl X {\n%s\n}"),
    imports=r"(?:pub\s+)?(?:use\s|extern\s+crate\s|mod\s+\w+;)",
    swallowing=r"(?s:.*)\.(?:unwrap_or(?:_default|_else)?|ok)$",
    assertion=r"(?:debug_)?assert",
    heads=frozenset({"inner_attribute_item"}),
)
