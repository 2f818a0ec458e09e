"""The functions of the workspace that a stack names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qwen_lsp.context.regions import LineSpan, span_around
from qwen_lsp.model import LocatedFrame
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot


@dataclass(frozen=True, slots=True)
class FrameFunction:
    """The function, or what else can be rewritten, around ``line`` (0-based), where ``frame`` was."""

    frame: LocatedFrame
    snapshot: TextSnapshot
    span: LineSpan
    line: int


def frame_functions(frames: Sequence[LocatedFrame], documents: DocumentSource) -> Iterator[FrameFunction]:
    """Yield what is around each of ``frames`` that lies in code of the workspace, innermost call first."""
    for one in reversed(frames):
        snapshot = documents.read(one.place[0]) if one.frame.in_app and one.place is not None else None
        language = language_of(snapshot.path) if snapshot is not None else None
        if one.place is not None and snapshot is not None and language is not None:
            line = one.place[1].start.line
            yield FrameFunction(one, snapshot, span_around(parse(language, snapshot.text), snapshot, line), line)
