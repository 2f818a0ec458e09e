"""Relative imports of JavaScript and TypeScript: import, export ... from, import(), require()."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.imports.places import normalized
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.syntax.tree import walk
from qwen_lsp.text import TextSnapshot

_EXTENSIONS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_SOURCES_OF = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""TypeScript names the file that it will write; the one that is there is its source."""


def imported(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:  # noqa: ARG001 - paths are relative
    """Yield the files that relative specifiers in ``snapshot`` stand for."""
    for specifier in _specifiers(snapshot):
        if not specifier.startswith("."):
            continue
        target = normalized(snapshot.path.parent / specifier)
        candidates = [
            target,
            *(target.with_suffix(source) for source in _SOURCES_OF.get(target.suffix, ())),
            *(target.with_name(target.name + extension) for extension in _EXTENSIONS if target.name),
            *(target / f"index{extension}" for extension in _EXTENSIONS),
        ]
        found = next((path for path in candidates if path.is_file()), None)
        if found is not None:
            yield found


def _specifiers(snapshot: TextSnapshot) -> Iterator[str]:
    language = language_of(snapshot.path)
    if language is None:
        return
    tree = parse(language, snapshot.text)
    for node in walk(tree.root):
        source = None
        if node.type in {"import_statement", "export_statement"}:
            source = node.child_by_field_name("source")
        elif node.type == "call_expression":
            function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            is_import = function is not None and tree.text_of(function) in {"require", "import"}
            if is_import and arguments is not None and arguments.named_child_count == 1:
                source = arguments.named_children[0]
        if source is not None and source.type == "string":
            yield tree.text_of(source)[1:-1]
