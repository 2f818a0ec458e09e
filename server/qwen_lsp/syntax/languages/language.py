"""What is known of one language: node names as its tree-sitter grammar gives them, and how its lines look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import tree_sitter

COMMENT_C = r"//|/\*(?:(?!\*/).)*(?:\*/\s*)?$|\*/\s*$|\*(?:\s+[@A-Z<]|\s*$)"
"""A line that is all comment in the languages that took C's; of the lines within one those that look like prose."""

COMMENT_HASH = r"#"

IN_CLASS = "class _ {\n%s\n}"
"""What a method needs around it to be read by itself."""

DEFINITION_C = (
    r"(?!(?:if|for|foreach|while|switch|catch|return|else|do|try|throw|new|using|lock|yield|await)\b)"
    r"[\w$#@~\[][^;={}]*\)[^;={}]*\{\s*$"
    r"|(?:[\w]+\s+)*(?:class|interface|struct|enum|record|namespace|trait|union)\s+\w"
)
"""The beginning of a function (a parameter list, then an opening brace) or of a type, in a line without its indent."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language; the defaults are those of a language with C's comments and braces.

    ``grammar`` loads the tree-sitter grammar (imported on first use).
    ``functions``, ``classes`` and ``variables`` are node types that define a name; ``variables`` count outside of
    functions and classes, ``members`` in a class, too. ``wrappers`` are node types around a definition that belong to
    it (decorators, ``export``), ``leading`` those beside it, in front (attributes). ``binders`` give a function without
    a name the name that it is assigned to; ``callback`` is the path of node types from a function that is handed to
    a call up to the statement (``test("...", () => {})``), empty where there are none.

    ``blocks`` are lists of statements below a header, ``names`` the identifiers, ``strings`` the literals whose
    content is no code, ``handlers`` what catches an error. ``heads`` may stand before a file's imports.

    Read in lines without their indent: ``definition`` matches the beginning of a function or class, in code
    that does not parse; ``imports`` a statement that imports; ``comment`` a comment. ``assertion`` matches the callee
    of a call that asserts, ``swallowing`` of one that drops an error or skips a test. ``has_braces`` tells whether
    blocks end with braces. ``fence`` is the info string of a Markdown code block, ``shells`` what a piece of a file
    may stand in to parse.
    """

    id: str
    fence: str
    extensions: frozenset[str]
    grammar: Callable[[], tree_sitter.Language]
    functions: frozenset[str]
    classes: frozenset[str]
    variables: frozenset[str]
    blocks: frozenset[str]
    names: frozenset[str]
    definition: str
    imports: str
    strings: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    binders: frozenset[str] = frozenset()
    callback: tuple[str, ...] = ()
    handlers: frozenset[str] = frozenset({"catch_clause"})
    heads: frozenset[str] = frozenset()
    comment: str = COMMENT_C
    shells: tuple[str, ...] = ("%s",)
    assertion: str = r"(?i:(?:[\w.]+[.:])?assert)"
    swallowing: str = r"(?!)"
    has_braces: bool = True

    def is_comment(self, line: str) -> bool:
        """Return whether ``line`` is one of a comment."""
        return re.match(self.comment, line.lstrip()) is not None

    def is_import(self, line: str) -> bool:
        """Return whether ``line``, which has no indent, is a complete statement that imports."""
        return self.begins_import(line) and not line.rstrip().endswith(("(", "\\", ",", "{"))

    def begins_import(self, text: str) -> bool:
        """Return whether ``text``, which has no indent, is a statement that imports or the beginning of one."""
        return re.match(self.imports, text) is not None

    def begins_definition(self, line: str) -> bool:
        """Return whether ``line`` looks like the first one of a function or class."""
        return re.match(self.definition, line.lstrip()) is not None
