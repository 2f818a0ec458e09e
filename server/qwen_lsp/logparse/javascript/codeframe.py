"""The source lines that tools print with a number and a bar before them and a mark below the faulty one.

Source of the formats: @babel/code-frame (Jest, webpack, Babel: ``> 4 | source``); esbuild's internal/logger
(``4 │ source``, ``╵ ~~~``); Vitest's printError.ts (``4| source``); the ariadne reports of oxc and Rolldown
(``4 │ source``, ``│ ─┬─``); miette's, without Unicode (``4 | source``, ``: ^^^``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qwen_lsp.logparse.javascript.frames import with_source
from qwen_lsp.model import Failure, StackFrame

_NUMBERED = re.compile(r"\s*+(?:> ?)?\s*+(?P<lineno>[0-9]{1,9}) {0,2}[|\u2502]")
_MARKED = re.compile(r"\s*+[|:\u2502\u2575\u00b7](?P<marks> *[\^~\u2500\u252c]+)")


@dataclass(frozen=True, slots=True)
class CodeFrame:
    """The marked source line and the marks, aligned with each other; ``end`` is the index after the marks."""

    lineno: int
    source: str
    marks: str
    end: int


def is_line(line: str) -> bool:
    """Return whether ``line`` is a numbered source line."""
    return _NUMBERED.match(line) is not None


def read_code_frame(lines: Sequence[str], start: int, stop: int) -> CodeFrame | None:
    """Return the first marked source line of ``lines[start:stop]``."""
    for index in range(start, stop - 1):
        numbered = _NUMBERED.match(lines[index])
        if numbered is None:
            continue
        marked = _MARKED.match(lines[index + 1])
        if marked is not None and marked.start("marks") == numbered.end():
            source = lines[index][numbered.end() :]
            return CodeFrame(int(numbered["lineno"]), source, marked["marks"], index + 2)
    return None


def attach(failure: Failure, code: CodeFrame | None) -> Failure:
    """Return ``failure`` with the source in the innermost frame of that line, if it has one."""
    if code is None:
        return failure
    return attach_source(failure, None, code.lineno, code.source, code.marks)


def attach_source(failure: Failure, path: str | None, lineno: int, source: str, marks: str) -> Failure:
    """Return ``failure`` with ``source`` in its innermost frame at ``lineno`` (of ``path``, where that is known)."""
    frames = list(failure.frames)
    for index in range(len(frames) - 1, -1, -1):
        frame: StackFrame = frames[index]
        if frame.lineno == lineno and (path is None or frame.path == path) and (path is not None or frame.in_app):
            frames[index] = with_source(frame, source, marks)
            return replace(failure, frames=tuple(frames))
    return failure
