"""Ruby."""

from __future__ import annotations

import tree_sitter

from qwen_lsp.syntax.languages.language import COMMENT_HASH, Language


def _grammar() -> tree_sitter.Language:
    import tree_sitter_ruby

    return tree_sitter.Language(tree_sitter_ruby.language())


RUBY = Language(
    id="ruby",
    fence="ruby",
    extensions=frozenset({".rb", ".rake", ".gemspec", ".ru"}),
    grammar=_grammar,
    functions=frozenset({"method", "singleton_method"}),
    classes=frozenset({"class", "module", "singleton_class"}),
    variables=frozenset({"assignment"}),
    members=frozenset({"assignment"}),
    blocks=frozenset({"body_statement", "then", "else", "block_body", "do"}),
    names=frozenset({"identifier", "constant", "instance_variable", "global_variable"}),
    strings=frozenset({"string", "regex", "heredoc_body", "simple_symbol"}),
    handlers=frozenset({"rescue", "rescue_modifier"}),
    definition=r"(?:(?:private|public|protected)\s+)?(?:def|class|module)\b|(?:describe|context|it|test)\b",
    imports=r"require(?:_relative)?\s*\(?[\"']",
    comment=COMMENT_HASH,
    has_braces=False,
    assertion=r"assert|expect|refute|must_|should",
)
