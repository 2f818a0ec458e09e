"""Packages that a file declares and its folder does not show, as in Kotlin and Scala, which ask for no such folders."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from qwen_lsp.text import TextSnapshot

_SUFFIXES = (".kt", ".kts", ".scala", ".groovy")
_DECLARATION = re.compile(r"^[ \t]*package[ \t]+(?P<name>[\w.`]+)", re.MULTILINE)


def is_declared(printed: str, snapshot: TextSnapshot) -> bool:
    """Return whether the file declares the package whose folders stand in ``printed``, ``com/acme/till/Till.kt``.

    In Scala several declarations, one below the other, make up one package.
    """
    path = PurePosixPath(printed)
    if path.suffix not in _SUFFIXES:
        return False
    names = [match["name"].replace("`", "") for match in _DECLARATION.finditer(snapshot.text)]
    return path.parent.as_posix().replace("/", ".") in {names[0], ".".join(names)} if names else False
