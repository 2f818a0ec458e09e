"""Go's packages: the files of a folder, and the folders of the same module that are imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above
from qwen_lsp.syntax import is_test
from qwen_lsp.text import TextSnapshot

_PATH = re.compile(r"^\s*(?:import\s+)?(?:[\w.]+\s+)?\"([^\"\n]+)\"", re.MULTILINE)
_MAX_FILES = 40


def imported(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of the package of ``snapshot``, then those of the packages that it imports from its module."""
    above = folders_above(snapshot.path, roots)
    if not above:
        return
    yield from _package(snapshot.path.parent)
    for path in _PATH.findall(snapshot.text):
        # "example.com/shop/cart": the module's own path comes first, and only go.mod tells how long it is.
        parts = path.split("/")
        places = (folder.joinpath(*parts[start:]) for start in range(1, len(parts)) for folder in above)
        found = next((place for place in places if place.is_dir()), None)
        if found is not None:
            yield from _package(found)


def _package(folder: Path) -> Iterator[Path]:
    yield from islice((path for path in sorted(folder.glob("*.go")) if not is_test(path)), _MAX_FILES)
