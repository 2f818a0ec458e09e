"""Text of files as they are on disk."""

from __future__ import annotations

import io
import logging
import tokenize
from pathlib import Path

from qwen_lsp.text import TextSnapshot

MAX_FILE_BYTES = 5_000_000
_BINARY_SAMPLE_BYTES = 8_192

logger = logging.getLogger(__name__)


class DiskDocuments:
    """A `qwen_lsp.text.DocumentSource` that reads from disk at every call and keeps nothing."""

    def read(self, path: Path) -> TextSnapshot | None:
        """Return the file's text, its line endings as they are, a byte order mark left out.

        Python files are decoded as PEP 263 says, others as UTF-8. None for what is no text file, cannot be read,
        does not fit its encoding, or is larger than ``MAX_FILE_BYTES``.
        """
        try:
            # Opening a named pipe would wait for a writer.
            if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
                return None
            raw = path.read_bytes()
        except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
            logger.debug("Cannot read %s: %s", path, error)
            return None
        if b"\0" in raw[:_BINARY_SAMPLE_BYTES]:
            return None
        try:
            return TextSnapshot(path, raw.decode(encoding_of(path, raw)))
        except (UnicodeDecodeError, SyntaxError, LookupError) as error:
            logger.debug("Cannot decode %s: %s", path, error)
            return None


def encoding_of(path: Path, raw: bytes) -> str:
    """Return the encoding of a file; raises SyntaxError where a coding comment names an unknown one."""
    if path.suffix in {".py", ".pyi", ".pyw"}:
        return tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    return "utf-8-sig"
