"""Places in bundled and compiled JavaScript to places in what it was made from, where the source map is on disk.

Source of the format: ECMA-426 (Source map format), "Decoding source maps".
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from qwen_lsp.model import LocatedFrame, StackFrame
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace.files import WorkspaceFiles
from qwen_lsp.workspace.lines import range_of

_COMPILED = (".js", ".mjs", ".cjs")
_COMMENT = re.compile(r"//[#@] ?sourceMappingURL=(\S+)")
_INLINE = re.compile(r"data:application/json;(?:charset=[\w-]+;)?base64,(.*)")
_SCHEME = re.compile(r"[a-z-]+://[^/]*+/(?:\./)*+")
_MAX_MAP_BYTES = 50_000_000
_DIGITS = {
    character: value
    for value, character in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_MORE, _VALUE_BITS = 32, 5


@dataclass(frozen=True, slots=True)
class _Map:
    """For each line the columns (0-based) where pieces begin, and from where: source, line, column (0-based)."""

    sources: list[str]
    columns: list[list[int]]
    origins: list[list[tuple[int, int, int] | None]]


class SourceMaps:
    """Finds the sources of frames in compiled files; each map is read once."""

    def __init__(self, files: WorkspaceFiles, read: Callable[[Path], TextSnapshot | None]) -> None:
        self._files = files
        self._read = read
        self._map_of = cache(self._load)

    def original(self, path: Path, snapshot: TextSnapshot, frame: StackFrame) -> LocatedFrame | None:
        """Return where the code at ``frame`` in the compiled file ``path`` was written; None where no map tells."""
        if path.suffix not in _COMPILED or frame.lineno is None:
            return None
        map_ = self._map_of(path, _mapping_url(snapshot))
        if map_ is None or frame.lineno > len(map_.columns):
            return None
        columns = map_.columns[frame.lineno - 1]
        index = bisect_right(columns, (frame.colno or 1) - 1) - 1
        origin = map_.origins[frame.lineno - 1][max(index, 0)] if columns else None
        if origin is None:
            return None
        source, line, column = origin
        source_path = self._source(path, map_.sources[source])
        text = self._read(source_path) if source_path is not None else None
        if source_path is None or text is None:
            return None
        written = replace(frame, path=str(source_path), lineno=line + 1, colno=column + 1, source_line=None, caret=None)
        return LocatedFrame(replace(frame, in_app=True), source_path, range_of(written, text)[0])

    def _source(self, compiled: Path, name: str) -> Path | None:
        """Return the file of the workspace that a map beside ``compiled`` calls ``name``."""
        beside = self._files.find(str(compiled.parent / name), lambda _: None) if "://" not in name else None
        if beside is not None and beside.path is not None:
            return beside.path
        return self._files.find(_SCHEME.sub("", name).partition("?")[0], lambda _: None).path

    def _load(self, path: Path, url: str | None) -> _Map | None:
        if url is None:
            return None
        try:
            inline = _INLINE.fullmatch(url)
            if inline is not None:
                return _decode(json.loads(base64.b64decode(inline[1])))
            place = path.parent / url
            if not place.is_file() or place.stat().st_size > _MAX_MAP_BYTES:
                return None
            return _decode(json.loads(place.read_bytes()))
        except (OSError, ValueError, RecursionError, binascii.Error, KeyError, TypeError, IndexError):
            return None  # a map that cannot be read is none


def _mapping_url(snapshot: TextSnapshot) -> str | None:
    """Return what the comment says that ends a compiled file."""
    for index in range(len(snapshot.lines) - 1, max(len(snapshot.lines) - 5, -1), -1):
        if match := _COMMENT.match(snapshot.line(index)):
            return match[1]
    return None


def _decode(raw: dict[str, object]) -> _Map:
    """Return the map; raises KeyError, TypeError, ValueError or IndexError for what is none."""
    mappings, sources, root = raw["mappings"], raw["sources"], raw.get("sourceRoot") or ""
    if not isinstance(mappings, str) or not isinstance(sources, list):
        raise TypeError
    columns: list[list[int]] = []
    origins: list[list[tuple[int, int, int] | None]] = []
    source = line = column = 0
    for text in mappings.split(";"):
        columns.append([])
        origins.append([])
        at = 0
        for segment in filter(None, text.split(",")):
            fields = list(_numbers(segment))
            at += fields[0]
            origin = None
            if len(fields) > 1:
                source, line, column = source + fields[1], line + fields[2], column + fields[3]
                if not 0 <= source < len(sources):
                    raise IndexError
                origin = source, line, column
            columns[-1].append(at)
            origins[-1].append(origin)
    return _Map([f"{root}{name}" for name in sources], columns, origins)


def _numbers(segment: str) -> Iterator[int]:
    """Yield the numbers of a segment, each in base 64 with the sign in its lowest bit."""
    value = shift = 0
    for character in segment:
        digit = _DIGITS[character]
        value += (digit & (_MORE - 1)) << shift
        shift += _VALUE_BITS
        if not digit & _MORE:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
