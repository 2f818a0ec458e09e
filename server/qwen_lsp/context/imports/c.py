"""Headers that C and C++ include by quoted names, and the files that implement them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above, normalized
from qwen_lsp.text import TextSnapshot

_INCLUDE = re.compile(r"^\s*#\s*include\s*\"([^\"\n]+)\"", re.MULTILINE)
_IMPLEMENTATIONS = (".c", ".cc", ".cpp", ".cxx")


def included(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield each header of the workspace that ``snapshot`` includes, followed by its implementation."""
    folders = [snapshot.path.parent]
    folders += [folder / below for folder in folders_above(snapshot.path, roots) for below in ("", "include", "src")]
    for name in _INCLUDE.findall(snapshot.text):
        header = next((path for folder in folders if (path := normalized(folder / name)).is_file()), None)
        if header is None:
            continue
        yield header
        for folder in dict.fromkeys([header.parent, *folders]):
            yield from (folder / f"{header.stem}{ending}" for ending in _IMPLEMENTATIONS)
