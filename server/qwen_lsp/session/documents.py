"""Open buffers over the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qwen_lsp.model import Range
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines

_seen: ContextVar[dict[Path, TextSnapshot] | None] = ContextVar("seen", default=None)


@dataclass(frozen=True)
class OpenDocument:
    """A buffer of the editor; ``path`` is None when it is no file (an untitled buffer, a terminal).

    ``language`` is the editor's name for what it holds, such as "python", "plaintext" or "".
    """

    uri: str
    path: Path | None
    version: int
    text: str
    language: str = ""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, each with its line ending."""
        return tuple(split_lines(self.text))

    def text_in(self, selection: Range) -> str:
        """Return the selected text."""
        lines = list(self.lines[selection.start.line : selection.end.line + 1])
        if not lines:
            return ""
        if selection.end.line < len(self.lines):
            lines[-1] = lines[-1][: selection.end.character]
        lines[0] = lines[0][selection.start.character :]
        return "".join(lines)


class Documents:
    """The texts of files as the user sees them: open buffers first, else ``fallback`` (a ``DocumentSource``)."""

    def __init__(self, fallback: DocumentSource) -> None:
        self._fallback = fallback
        self._by_uri: dict[str, OpenDocument] = {}
        self._by_path: dict[Path, OpenDocument] = {}

    def put(self, document: OpenDocument) -> None:
        """Take over a buffer that was opened or changed."""
        self._by_uri[document.uri] = document
        if document.path is not None:
            self._by_path[document.path] = document

    def close(self, uri: str) -> OpenDocument | None:
        """Forget a buffer and return it; its file is read from disk from now on."""
        document = self._by_uri.pop(uri, None)
        if document is not None and document.path is not None:
            self._by_path.pop(document.path, None)
        return document

    def get(self, uri: str) -> OpenDocument | None:
        """Return the open buffer with this URI."""
        return self._by_uri.get(uri)

    def at(self, path: Path) -> OpenDocument | None:
        """Return the open buffer of this file."""
        return self._by_path.get(path)

    def read(self, path: Path) -> TextSnapshot | None:
        """Return the file's present text, or None when it is not a readable text file. Safe to call from any thread."""
        document = self._by_path.get(path)
        if document is None:
            snapshot = self._fallback.read(path)
        else:
            snapshot = TextSnapshot(path, document.text, document.version)
        seen = _seen.get()
        if seen is not None and snapshot is not None:
            seen.setdefault(path, snapshot)
        return snapshot

    @contextmanager
    def remembering(self) -> Iterator[dict[Path, TextSnapshot]]:
        """Give a dict that fills with the first text read of each file, in this task and what it starts.

        Positions and edits of a diagnosis are valid for exactly these texts, whatever is typed meanwhile.
        """
        seen: dict[Path, TextSnapshot] = {}
        token = _seen.set(seen)
        try:
            yield seen
        finally:
            _seen.reset(token)
