"""Ruby's require and require_relative."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qwen_lsp.context.imports.places import folders_above, normalized
from qwen_lsp.text import TextSnapshot

_REQUIRE = re.compile(r"^\s*require(?P<relative>_relative)?[\s(]+[\"'](?P<name>[^\"'\n]+)[\"']", re.MULTILINE)


def required(snapshot: TextSnapshot, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of the workspace that ``snapshot`` requires."""
    above = folders_above(snapshot.path, roots)
    for found in _REQUIRE.finditer(snapshot.text):
        name = found["name"].removesuffix(".rb") + ".rb"
        if found["relative"]:
            yield normalized(snapshot.path.parent / name)
        else:
            yield from (folder / below / name for folder in above for below in ("lib", ""))
