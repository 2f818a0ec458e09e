"""Which files a workspace holds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from qwen_lsp.workspace.files import SKIPPED_FOLDERS, VIRTUAL_ENVIRONMENT_MARK

_MAX_WALKED_FOLDERS = 500


def files_ending(suffix: str, roots: Sequence[Path], most: int) -> list[Path]:
    """Return ``most`` files at most whose names end with ``suffix``, installed code and caches left out.

    Of a very large workspace only the first folders are searched.
    """
    return list(islice(_files_ending(suffix, roots), most))


def _files_ending(suffix: str, roots: Sequence[Path]) -> Iterator[Path]:
    walked = 0
    for root in roots:
        for folder, folders, names in os.walk(root):
            walked += 1
            if walked > _MAX_WALKED_FOLDERS:
                return
            if VIRTUAL_ENVIRONMENT_MARK in names:
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
            yield from (Path(folder, name) for name in sorted(names) if name.endswith(suffix))
