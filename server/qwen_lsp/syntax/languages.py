"""The languages whose files can be cut into regions: node names as their tree-sitter grammars give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tree_sitter


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    ``grammar`` loads the tree-sitter grammar (imported on first use). ``functions`` and ``classes`` are node types;
    ``wrappers`` are node types around a definition that belong to it (decorators),
    ``assignments`` those that give a name its value, ``blocks`` lists of statements below a header. ``keywords`` are
    the tokens that begin a definition, for reading code that does not parse. ``fence`` is the info string of a Markdown
    code block.
    """

    id: str
    fence: str
    extensions: frozenset[str]
    grammar: Callable[[], tree_sitter.Language]
    functions: frozenset[str]
    classes: frozenset[str]
    wrappers: frozenset[str]
    assignments: frozenset[str]
    blocks: frozenset[str]
    keywords: frozenset[str]


def _python() -> tree_sitter.Language:
    import tree_sitter_python

    return tree_sitter.Language(tree_sitter_python.language())


PYTHON = Language(
    id="python",
    fence="python",
    extensions=frozenset({".py", ".pyi", ".pyw"}),
    grammar=_python,
    functions=frozenset({"function_definition"}),
    classes=frozenset({"class_definition"}),
    wrappers=frozenset({"decorated_definition"}),
    assignments=frozenset({"assignment"}),
    blocks=frozenset({"block"}),
    keywords=frozenset({"def", "class", "async", "@"}),
)

_LANGUAGES = (PYTHON,)


def language_of(path: Path) -> Language | None:
    """Return the language of ``path`` by its extension, or None when regions cannot be cut from such a file."""
    return next((language for language in _LANGUAGES if path.suffix.lower() in language.extensions), None)
