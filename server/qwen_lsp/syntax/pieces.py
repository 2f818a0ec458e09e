"""What a piece of a file defines: a method without its class, lines of a reply."""

from __future__ import annotations

import textwrap

from qwen_lsp.syntax.languages import Language
from qwen_lsp.syntax.tree import Definition, DefinitionKind, parse


def outermost_names(piece: str, language: Language) -> list[str]:
    """Return the names of the functions and classes of ``piece`` that stand in no other one, in the order of the text.

    The piece is read as it stands and within what it may have been taken from (a class); the reading with the fewest
    errors counts.
    """
    dedented = textwrap.dedent(piece)
    trees = [(parse(language, shell.replace("%s", dedented)), shell) for shell in language.shells]
    tree, shell = min(trees, key=lambda one: one[0].error_count)
    found = [one for one in tree.definitions if one.kind is not DefinitionKind.VARIABLE]
    before = shell[: shell.index("%s")].count("\n")
    return _outermost([one for one in found if not before or one.start_line >= before])


def _outermost(definitions: list[Definition]) -> list[str]:
    names, end_line = [], 0
    for one in sorted(definitions, key=lambda one: (one.start_line, -one.end_line)):
        if one.start_line >= end_line:
            names.append(one.name)
            end_line = one.end_line
    return names
