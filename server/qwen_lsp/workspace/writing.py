"""Write new texts to files: all or none, and only where the file still holds the text that the change was made for."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace.documents import encoding_of


class WriteError(Exception):
    """Nothing was written; says which file was in the way and why."""


def write_texts(changes: Sequence[tuple[TextSnapshot, str]]) -> None:
    """Replace the text of each snapshot's file, keeping its encoding, byte order mark and permissions.

    Each file is replaced in one step (a temporary file beside it, then a rename), so that a crash leaves either the old
    or the new text.

    Raises:
        WriteError: a file changed since its snapshot, cannot be written, or the new text does not fit its encoding.
    """
    originals: list[tuple[Path, bytes]] = []
    prepared: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for snapshot, text in changes:
            path = snapshot.path.resolve()  # a link stays a link: its target is replaced
            with path.open("r+b") as file:  # for writing, too: a rename would replace even a file that is read-only
                original = file.read()
            prepared.append((_write_beside(path, _encode(snapshot, original, text)), path))
            originals.append((path, original))
        for done, (temporary, path) in enumerate(prepared):
            try:
                temporary.replace(path)
            except OSError:
                for replaced, original in originals[:done]:
                    replaced.write_bytes(original)
                raise
    except OSError as error:
        raise WriteError(f"{path} cannot be written ({error.strerror}); nothing was changed") from error
    finally:
        for temporary, _ in prepared:
            with contextlib.suppress(OSError):
                temporary.unlink()


def content_of(snapshot: TextSnapshot, text: str) -> bytes:
    """Return what ``snapshot``'s file would hold with ``text`` in it, in the file's encoding, else in UTF-8."""
    try:
        original = snapshot.path.read_bytes()
        encoding = encoding_of(snapshot.path, original)
        if encoding == "utf-8-sig" and not original.startswith(codecs.BOM_UTF8):
            encoding = "utf-8"
        return text.encode(encoding)
    except (OSError, UnicodeError, LookupError, SyntaxError):
        return text.encode("utf-8", "surrogatepass")


def _encode(snapshot: TextSnapshot, original: bytes, text: str) -> bytes:
    name = snapshot.path.name
    try:
        encoding = encoding_of(snapshot.path, original)
        if original.decode(encoding) != snapshot.text:
            raise WriteError(f"{name} changed since it was read; nothing was changed. Diagnose again")
        if encoding == "utf-8-sig" and not original.startswith(codecs.BOM_UTF8):
            encoding = "utf-8"
        return text.encode(encoding)
    except (UnicodeError, LookupError, SyntaxError) as error:
        raise WriteError(f"the fix does not fit the encoding of {name} ({error}); nothing was changed") from error


def _write_beside(path: Path, data: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, name)
    except OSError:  # a full disk
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
