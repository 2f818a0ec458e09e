"""PHP."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import COMMENT_C, DEFINITION_C, IN_CLASS, Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_php

    return tree_sitter.Language(tree_sitter_php.language_php())


PHP = Language(
    id="php",
    fence="php",
    extensions=frozenset({".php", ".phtml"}),
    grammar=_grammar,
    functions=frozenset({"function_definition", "method_declaration"}),
    classes=frozenset({"class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"}),
    variables=frozenset({"const_element", "assignment_expression"}),
    members=frozenset({"const_element", "property_element"}),
    wrappers=frozenset({"const_declaration", "property_declaration", "expression_statement"}),
    blocks=frozenset({"compound_statement", "declaration_list", "switch_block", "enum_declaration_list"}),
    names=frozenset({"name", "variable_name"}),
    strings=frozenset({"string", "encapsed_string", "heredoc", "nowdoc"}),
    definition=(rf"(?:(?:abstract|final|static|public|protected|private)\s+)*function\b|{DEFINITION_C}"),
    imports=r"use\s+[\w\\]|(?:require|include)(?:_once)?\b",
    comment=rf"#(?!\[)|{COMMENT_C}",
    shells=("%s", "<?php\n%s", f"<?php\n{IN_CLASS}"),
    heads=frozenset({"php_tag", "namespace_definition", "declare_statement"}),
)
