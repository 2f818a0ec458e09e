"""URIs and positions: absolute paths and code points on one side, the client's forms on the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.workspace import PositionCodec

from qwen_lsp.model import Position, Range
from qwen_lsp.text import TextSnapshot


def path_of(uri: str) -> Path | None:
    """Return the absolute path that a ``file:`` URI names, or None for any other URI."""
    path = uris.to_fs_path(uri)
    return Path(path) if path else None


def uri_of(path: Path) -> str:
    """Return the ``file:`` URI of an absolute path."""
    return str(uris.from_fs_path(str(path)))


def to_client_range(place: Range, snapshot: TextSnapshot | None, codec: PositionCodec) -> types.Range:
    """Return ``place`` with characters in the negotiated units; without a text they are taken as they are."""

    def convert(position: Position) -> types.Position:
        character = position.character
        if snapshot is not None:
            character = codec.client_num_units(snapshot.line(position.line)[:character])
        return types.Position(position.line, character)

    return types.Range(convert(place.start), convert(place.end))


def from_client_range(place: types.Range, lines: Sequence[str], codec: PositionCodec) -> Range:
    """Return ``place`` in code points.

    A character beyond its line's end means the line's end, and a line beyond the last one the text's end (LSP 3.17,
    "Position").
    """

    def convert(position: types.Position) -> Position:
        if position.line >= len(lines):
            return Position(len(lines), 0)
        line = lines[position.line].rstrip("\r\n")
        # Clamped here: the codec puts a character beyond the end of a line *before* its last character.
        if position.character >= codec.client_num_units(line):
            return Position(position.line, len(line))
        inside = types.Position(0, position.character)
        return Position(position.line, codec.position_from_client_units([line], inside).character)

    return Range(convert(place.start), convert(place.end))
