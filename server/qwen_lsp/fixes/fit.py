"""Fit what the model wrote into the region it was asked for.

A small model often answers with more than the region (the class around a method, the whole file), with less (one of
two functions), without the region's indentation, or with the imports it needs on top. Its lines tell which of
these it is: they are most like the lines of the part that it rewrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from qwen_lsp.model import Region
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import TextSnapshot, split_lines

_CLEARLY_MORE_ALIKE = 0.05


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines for the region, with the file's line endings, and import statements that belong to the top of the file."""

    lines: list[str]
    imports: list[str]


def fit(code: str, region: Region, snapshot: TextSnapshot) -> Fitted:
    """Return ``code`` as new lines for exactly ``region`` of ``snapshot``."""
    ending = _line_ending(snapshot)
    written = [line.rstrip("\r\n") for line in split_lines(code)]
    while written and not written[0].strip():
        written.pop(0)
    while written and not written[-1].strip():
        written.pop()
    written, imports = _split_imports(written, region)
    start, end = _rewritten_part(written, region, snapshot)
    old = [line.rstrip("\r\n") for line in snapshot.lines[start:end]]
    written = _indent_like(old, written)
    if start <= region.start_line and end >= region.end_line:
        low, high = _project(old, written, region.start_line - start, region.end_line - start)
        new = written[low:high]
    else:
        before = snapshot.lines[region.start_line : start]
        after = snapshot.lines[end : region.end_line]
        new = [*(line.rstrip("\r\n") for line in before), *written, *(line.rstrip("\r\n") for line in after)]
    return Fitted(_with_endings(new, region, ending), imports)


def _rewritten_part(written: Sequence[str], region: Region, snapshot: TextSnapshot) -> tuple[int, int]:
    """Return the lines of the file that ``written`` is most like: the region, a definition in or around it, or all."""
    parts = {(0, len(snapshot.lines))}
    language = language_of(region.path)
    if language is not None:
        for one in parse(language, snapshot.text).definitions:
            inside = region.start_line <= one.start_line and one.end_line <= region.end_line
            around = one.start_line <= region.start_line and region.end_line <= one.end_line
            if inside or around:
                parts.add((one.start_line, one.end_line))
    best, best_likeness = (region.start_line, region.end_line), _likeness(written, region.text.splitlines())
    for start, end in sorted(parts):
        likeness = _likeness(written, [line.rstrip("\r\n") for line in snapshot.lines[start:end]])
        if likeness > best_likeness + _CLEARLY_MORE_ALIKE:
            best, best_likeness = (start, end), likeness
    return best


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    left = [line.strip() for line in one if line.strip()]
    right = [line.strip() for line in other if line.strip()]
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _split_imports(written: list[str], region: Region) -> tuple[list[str], list[str]]:
    """Take import statements off the top of ``written`` when the region does not begin with imports itself."""
    if language_of(region.path) is None or region.start_line == 0 or _is_import(region.text.lstrip()):
        return written, []
    count = 0
    while count < len(written) and (_is_import(written[count]) or (count and not written[count].strip())):
        count += 1
    if count == len(written):
        return written, []
    return written[count:], [line.strip() for line in written[:count] if line.strip()]


def _is_import(line: str) -> bool:
    return line.startswith(("import ", "from ")) and not line.rstrip().endswith(("(", "\\", ","))


def _indent_like(old: Sequence[str], written: list[str]) -> list[str]:
    """Return ``written`` shifted so that its least indented line stands where that of ``old`` does."""
    target, given = _margin(old), _margin(written)
    if len(target) > len(given):
        return [target[len(given) :] + line if line.strip() else line for line in written]
    if len(target) < len(given):
        return [line[len(given) - len(target) :] if line.strip() else line for line in written]
    return written


def _margin(lines: Sequence[str]) -> str:
    margins = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
    return min(margins, key=len, default="")


def _project(old: Sequence[str], written: Sequence[str], low: int, high: int) -> tuple[int, int]:
    """Return which of ``written``'s lines stand for lines ``low`` to ``high`` of ``old``."""
    if (low, high) == (0, len(old)):
        return 0, len(written)
    matcher = SequenceMatcher(None, [line.strip() for line in old], [line.strip() for line in written], autojunk=False)
    new_low, new_high = 0, len(written)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        if i1 <= low < i2:
            new_low = j1 + min(low - i1, j2 - j1)
        if i1 < high <= i2:
            new_high = j2 - min(i2 - high, j2 - j1)
    return new_low, max(new_low, new_high)


def _line_ending(snapshot: TextSnapshot) -> str:
    first = snapshot.lines[0] if snapshot.lines else "\n"
    return first[len(first.rstrip("\r\n")) :] or "\n"


def _with_endings(new: Sequence[str], region: Region, ending: str) -> list[str]:
    """Return ``new`` with line endings, keeping the blank lines that the region begins and ends with."""
    old = split_lines(region.text)
    blank_before = next((i for i, line in enumerate(old) if line.strip()), 0)
    blank_after = next((i for i, line in enumerate(reversed(old)) if line.strip()), 0)
    body = list(new)
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    lines = [
        *old[:blank_before],
        *(line + ending for line in body),
        *(old[len(old) - blank_after :] if blank_after else []),
    ]
    if lines and not region.text.endswith(("\n", "\r")):
        lines[-1] = lines[-1].rstrip("\r\n")
    return lines
