"""Rust's modules: ``mod name;`` and paths in ``use``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above
from qwen_lsp.text import TextSnapshot

_STATEMENT = re.compile(r"^\s*(?:pub(?:\([\w:]+\))?\s+)?(?:mod\s+(?P<mod>\w+)\s*;|use\s+(?P<use>[^;]+);)", re.MULTILINE)
_PATH = re.compile(r"\w+(?:::\w+)*")
_CRATE_ROOTS = ("lib.rs", "main.rs")
_MODULE_ROOTS = frozenset({"lib", "main", "mod"})


def imported(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of the modules that ``snapshot`` declares or names."""
    path = snapshot.path
    own = path.parent if path.stem in _MODULE_ROOTS else path.parent / path.stem
    above = folders_above(path, roots)
    sources = [folder / below for folder in above for below in ("", "src")]
    crate = next((folder for folder in sources if any((folder / name).is_file() for name in _CRATE_ROOTS)), path.parent)
    for found in _STATEMENT.finditer(snapshot.text):
        if found["mod"]:
            yield from _files(own, [found["mod"]])
            continue
        prefix: list[str] = []
        for used in _PATH.findall(found["use"]):
            parts = [part for part in used.split("::") if part not in {"crate", "self", "super"}]
            for folder in (crate, own, path.parent):
                # The first part may be the crate's own name, as tests have it.
                for named in ([*prefix, *parts], parts, parts[1:]):
                    for end in range(len(named), 0, -1):
                        yield from _files(folder, named[:end])
            prefix = prefix or parts
    yield from (crate / name for name in _CRATE_ROOTS)


def _files(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    for candidate in (folder.joinpath(*parts[:-1], f"{parts[-1]}.rs"), folder.joinpath(*parts, "mod.rs")):
        if candidate.is_file():
            yield candidate
