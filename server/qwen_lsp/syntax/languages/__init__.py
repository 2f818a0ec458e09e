"""The languages whose files can be cut into regions."""

from __future__ import annotations

from pathlib import Path

from qwen_lsp.syntax.languages.c import CPP, C
from qwen_lsp.syntax.languages.csharp import CSHARP
from qwen_lsp.syntax.languages.go import GO
from qwen_lsp.syntax.languages.java import JAVA
from qwen_lsp.syntax.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from qwen_lsp.syntax.languages.language import Language
from qwen_lsp.syntax.languages.php import PHP
from qwen_lsp.syntax.languages.python import PYTHON
from qwen_lsp.syntax.languages.ruby import RUBY
from qwen_lsp.syntax.languages.rust import RUST
from qwen_lsp.syntax.languages.sql import SQL

LANGUAGES = (PYTHON, JAVASCRIPT, TYPESCRIPT, TSX, SQL, JAVA, GO, RUST, C, CPP, CSHARP, RUBY, PHP)

_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}

_TEST_FOLDERS = frozenset({"tests", "test", "__tests__", "spec"})


def language_of(path: Path) -> Language | None:
    """Return the language of ``path`` by its extension, or None when regions cannot be cut from such a file."""
    return _BY_EXTENSION.get(path.suffix.lower())


def is_test(path: Path) -> bool:
    """Return whether ``path`` is a test by the way the languages' test runners find them."""
    stem = path.stem
    if stem.startswith("test_") or stem.endswith(("_test", "_tests", "_spec", ".test", ".spec")) or stem == "conftest":
        return True
    if path.suffix == ".py":
        return stem.startswith("test")
    if path.suffix in {".java", ".kt", ".scala", ".groovy", ".cs", ".php", ".swift"}:
        return stem.endswith(("Test", "Tests", "TestCase", "IT", "Spec"))
    if path.suffix in {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".rs"}:
        return path.parent.name in _TEST_FOLDERS or stem == "test"
    return False


__all__ = [
    "CPP",
    "CSHARP",
    "GO",
    "JAVA",
    "JAVASCRIPT",
    "LANGUAGES",
    "PHP",
    "PYTHON",
    "RUBY",
    "RUST",
    "SQL",
    "TSX",
    "TYPESCRIPT",
    "C",
    "Language",
    "is_test",
    "language_of",
]
