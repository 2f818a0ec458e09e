"""The tracebacks that IPython, rich and Loguru draw instead of CPython's; the exception's line below them is the same.

Source of the formats: IPython core/ultratb.py (``VerboseTB``, mode Context), 8 and 9; rich traceback.py
(``Traceback._render_stack``), also used by Typer; loguru's _better_exceptions.py (``ExceptionFormatter``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.python.frames import FRAME, make_frame
from qwen_lsp.model import StackFrame

MARK = "Traceback (most recent call last)"

# "ValueError            Traceback (most recent call last)", without CPython's colon.
_IPYTHON_HEADER = re.compile(r"[^\W\d][\w.]*+ +Traceback \(most recent call last\)\s*$")
_IPYTHON_FRAME = re.compile(
    r"(?:File (?P<path>\S.*?):(?P<lineno>[0-9]{1,9})"
    r"|(?P<cell>(?:Cell In|Input In) ?\[[0-9]+\]), line (?P<cell_line>[0-9]{1,9}))"
    r"(?:, in (?P<function>[^\s(]+).*)?\s*$"
)
_IPYTHON_SOURCE = re.compile(r"-{2,}> ?[0-9]+ (?P<source>.*)$")
_IPYTHON_CONTEXT = re.compile(r" +[0-9]+(?: |$)|-{2,}> ?[0-9]+(?: |$)|\s*$|\s+\(\.\.\.\)$|\(\.\.\.\)$")

_RICH_HEADER = re.compile(r"\s*[╭+]─*-* ?Traceback \(most recent call last\) ─*-*[╮+]\s*$")
_RICH_LINE = re.compile(r"\s*[│|](?P<content>.*)[│|]\s*$")
_RICH_END = re.compile(r"\s*[╰+][─-]{3,}")
_RICH_FRAME = re.compile(r"(?P<path>\S.*?):(?P<lineno>[0-9]{1,9}) in (?P<function>\S+)$")
_RICH_SOURCE = re.compile(r"(?:\u2771|>) *[0-9]+ (?:│ {3})*+(?P<source>.*)$")


def is_header(line: str) -> bool:
    """Return whether ``line`` begins a traceback as IPython or rich draw it."""
    return MARK in line and (_IPYTHON_HEADER.match(line) or _RICH_HEADER.match(line)) is not None


def read_frames(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames below the header ``lines[start]``, and the index of the exception's line."""
    if _RICH_HEADER.match(lines[start]):
        return _read_rich(lines, start + 1, stop)
    return _read_ipython(lines, start + 1, stop)


def _read_ipython(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    frames: list[StackFrame] = []
    index = start
    while index < stop:
        match = _IPYTHON_FRAME.match(lines[index])
        index += 1
        if match is None:
            return tuple(frames), index - 1
        source: list[str] = []
        while index < stop and _IPYTHON_CONTEXT.match(lines[index]):
            if marked := _IPYTHON_SOURCE.match(lines[index]):
                source = [marked["source"]]
            index += 1
        path, lineno = match["path"] or match["cell"], match["lineno"] or match["cell_line"]
        frames.append(make_frame(path, lineno, match["function"], source))
    return tuple(frames), index


def _read_rich(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    frames: list[StackFrame] = []
    # A path too long for the box goes on in the next line.
    beginning = ""
    place: re.Match[str] | None = None
    index = start
    while index < stop and (line := _RICH_LINE.match(lines[index])):
        index += 1
        content = line["content"].strip()
        if marked := _RICH_SOURCE.match(content):
            if place is not None:
                frames.append(make_frame(place["path"], place["lineno"], place["function"], [marked["source"]]))
                place = None
            continue
        found = _RICH_FRAME.match(beginning + content)
        if found is not None and place is not None:
            frames.append(make_frame(place["path"], place["lineno"], place["function"], []))
        place = found or place
        beginning = beginning + content if content and found is None and not content[0].isdigit() else ""
    if place is not None:
        frames.append(make_frame(place["path"], place["lineno"], place["function"], []))
    if index < stop and _RICH_END.match(lines[index]):
        index += 1
    return tuple(frames), index


def is_spaced(lines: Sequence[str], start: int, stop: int) -> bool:
    """Return whether the header ``lines[start]`` begins a traceback of Loguru: its frames stand apart."""
    if start + 2 >= stop or not lines[start].startswith(MARK) or lines[start + 1].strip():
        return False
    return _spaced_frame(lines[start + 2]) is not None


def read_spaced(lines: Sequence[str], start: int, stop: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames, each behind a blank line and with the values of its names below, and the index after them."""
    frames: list[StackFrame] = []
    index = start
    while index < stop:
        # Frames without a source stand right below each other.
        index += not lines[index].strip()
        match = _spaced_frame(lines[index]) if index < stop else None
        if match is None:
            break
        index += 1
        source = [line[4:] for line in lines[index : min(index + 1, stop)] if line.startswith("    ")]
        frames.append(make_frame(match["path"], match["lineno"], match["function"], source))
        while index < stop and lines[index].startswith("    "):
            index += 1
    return tuple(frames), index


def _spaced_frame(line: str) -> re.Match[str] | None:
    # The frame that caught the exception has a mark.
    return FRAME.match(line, 2) if line.startswith(("  ", "> ")) else None
