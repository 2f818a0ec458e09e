"""JavaScript, TypeScript and their forms with JSX."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter

from qwen_lsp.syntax.languages.language import DEFINITION_C, IN_CLASS, Language


def _javascript() -> tree_sitter.Language:
    import tree_sitter_javascript

    return tree_sitter.Language(tree_sitter_javascript.language())


def _typescript() -> tree_sitter.Language:
    import tree_sitter_typescript

    return tree_sitter.Language(tree_sitter_typescript.language_typescript())


def _tsx() -> tree_sitter.Language:
    import tree_sitter_typescript

    return tree_sitter.Language(tree_sitter_typescript.language_tsx())


JAVASCRIPT = Language(
    id="javascript",
    fence="javascript",
    extensions=frozenset({".js", ".mjs", ".cjs", ".jsx"}),
    grammar=_javascript,
    functions=frozenset(
        {
            "function_declaration",
            "generator_function_declaration",
            "method_definition",
            "arrow_function",
            "function_expression",
            "generator_function",
        }
    ),
    classes=frozenset({"class_declaration", "class"}),
    variables=frozenset({"variable_declarator"}),
    members=frozenset({"field_definition", "public_field_definition"}),
    wrappers=frozenset(
        {
            "export_statement",
            "lexical_declaration",
            "variable_declaration",
            "expression_statement",
            "assignment_expression",
        }
    ),
    binders=frozenset(
        {"variable_declarator", "pair", "assignment_expression", "field_definition", "public_field_definition"}
    ),
    callback=("arguments", "call_expression", "expression_statement"),
    blocks=frozenset({"statement_block", "class_body", "switch_body"}),
    names=frozenset(
        {
            "identifier",
            "property_identifier",
            "private_property_identifier",
            "shorthand_property_identifier",
            "shorthand_property_identifier_pattern",
            "type_identifier",
        }
    ),
    strings=frozenset({"string", "template_string", "regex"}),
    definition=(
        r"(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|class)\b"
        r"|(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*=\s*(?:async\s*)?(?:function\b|\(.*(?:=>|[({,]\s*$)|[\w$]+\s*=>)"
        r"|(?:[\w$]+\.)*[\w$]+\s*=\s*(?:async\s*)?function\b"
        r"|(?:test|it|describe|beforeEach|before|suite)(?:\.\w+)?\("
        rf"|{DEFINITION_C}"
    ),
    shells=("%s", IN_CLASS),
    imports=r"import[\s{*\"']|(?:const|let|var)\s[^=()]{1,400}=\s*require\(",
    swallowing=r"(?s:.*)\.(?:catch|skip|todo)$|x(?:it|test|describe)$",
    assertion=r"(?:[\w.]+\.)?(?:assert|expect)|t\.(?:is|ok|equal|deepEqual|same|throws)\b|should\b",
)

TYPESCRIPT = replace(
    JAVASCRIPT,
    id="typescript",
    fence="typescript",
    extensions=frozenset({".ts", ".mts", ".cts"}),
    grammar=_typescript,
    classes=JAVASCRIPT.classes
    | {"abstract_class_declaration", "interface_declaration", "type_alias_declaration", "enum_declaration"}
    | {"internal_module"},
)

TSX = replace(TYPESCRIPT, id="tsx", fence="tsx", extensions=frozenset({".tsx"}), grammar=_tsx)
