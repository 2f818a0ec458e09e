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
from qwen_lsp.syntax import DefinitionKind, Language, TokenKind, language_of, outermost_names, parse
from qwen_lsp.text import TextSnapshot, split_lines


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines for the region, with the file's line endings, and import statements that belong to the top of the file."""

    lines: list[str]
    imports: list[str]


def fit(code: str, region: Region, snapshot: TextSnapshot) -> Fitted:
    """Return ``code`` as new lines for exactly ``region`` of ``snapshot``."""
    written = [line.rstrip("\r\n") for line in split_lines(code)]
    while written and not written[0].strip():
        written.pop(0)
    while written and not written[-1].strip():
        written.pop()
    language = language_of(region.path)
    written, imports = _split_imports(written, region, language)
    if language is not None:
        written = _own_part(written, region, snapshot, language)
    start, end = _rewritten_part(written, region, snapshot)
    old = [line.rstrip("\r\n") for line in snapshot.lines[start:end]]
    written = _indent_like(old, written, language)
    if start <= region.start_line and end >= region.end_line:
        low, high = _project(old, written, region.start_line - start, region.end_line - start)
        new = written[low:high]
        imports += [
            line for line in (*written[:low], *written[high:]) if _is_import(line, language) and line not in old
        ]
    else:
        before = snapshot.lines[region.start_line : start]
        after = snapshot.lines[end : region.end_line]
        new = [*(line.rstrip("\r\n") for line in before), *written, *(line.rstrip("\r\n") for line in after)]
    return Fitted(_with_endings(new, region, line_ending(snapshot)), imports)


def _own_part(written: list[str], region: Region, snapshot: TextSnapshot, language: Language) -> list[str]:
    """Return the lines of the method that the region is, where ``written`` is a class around it.

    Where blocks end with a brace, too many lines are alike to find it by likeness. A class with new methods is left
    whole: the one that is rewritten may call them.
    """
    if not language.has_braces or (names := outermost_names(region.text, language)) == []:
        return written
    known = {one.name for one in parse(language, snapshot.text).definitions}
    tree = parse(language, "\n".join(written))
    found = [one for one in tree.definitions if one.kind is not DefinitionKind.VARIABLE]
    own = [one for one in found if [one.name] == names]
    is_inner = len(own) == 1 and any(one.start_line < own[0].start_line < one.end_line for one in found)
    if tree.error_count or not is_inner or not known.issuperset(one.name for one in found):
        return written
    return written[own[0].start_line : own[0].end_line]


def _rewritten_part(written: Sequence[str], region: Region, snapshot: TextSnapshot) -> tuple[int, int]:
    """Return the lines of the file that ``written`` is most like: the region, a definition in or around it, or all.

    A definition counts only when it is the one that ``written`` consists of: methods may differ in nothing but
    their names.
    """
    parts = {(0, len(snapshot.lines))}
    language = language_of(region.path)
    if language is not None:
        names = outermost_names("\n".join(written), language)
        for one in parse(language, snapshot.text).definitions:
            inside = region.start_line <= one.start_line and one.end_line <= region.end_line
            around = one.start_line <= region.start_line and region.end_line <= one.end_line
            if names == [one.name] and one.kind is not DefinitionKind.VARIABLE and (inside or around):
                parts.add((one.start_line, one.end_line))
    best, best_likeness = (region.start_line, region.end_line), _likeness(written, split_lines(region.text))
    for start, end in sorted(parts):
        likeness = _likeness(written, snapshot.lines[start:end])
        if likeness > best_likeness:
            best, best_likeness = (start, end), likeness
    return best


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    left = [line.strip() for line in one if line.strip()]
    right = [line.strip() for line in other if line.strip()]
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _split_imports(written: list[str], region: Region, language: Language | None) -> tuple[list[str], list[str]]:
    """Take import statements off the top of ``written`` when the region has none of its own."""
    has_imports = any(_is_import(line, language) for line in split_lines(region.text))
    if language is None or region.start_line == 0 or has_imports:
        return written, []
    count = 0
    while count < len(written) and (_is_import(written[count], language) or (count and not written[count].strip())):
        count += 1
    if count == len(written):
        return written, []
    return written[count:], [line.strip() for line in written[:count] if line.strip()]


def _is_import(line: str, language: Language | None) -> bool:
    return language is not None and language.is_import(line)


def _indent_like(old: Sequence[str], written: list[str], language: Language | None) -> list[str]:
    """Return ``written`` shifted so that its least indented line stands where that of ``old`` does.

    A string with a line that ``old`` has just as it is stays where it is: its white space is its content.
    """
    strings = _strings(written, language)
    target, given = _margin(old, _strings(old, language)), _margin(written, strings)
    moved = [target + line[len(given) :] if line.strip() and line.startswith(given) else line for line in written]
    kept = set(old)
    for string in strings:
        if any(written[i] in kept and moved[i] not in kept for i in string):
            for i in string:
                moved[i] = written[i]
    return moved


def _strings(lines: Sequence[str], language: Language | None) -> list[range]:
    """Return for each string of several lines the indices of those that begin within it."""
    if language is None:
        return []
    tree = parse(language, "\n".join(lines))
    strings = (token for token in tree.tokens() if token.kind is TokenKind.STRING)
    return [range(one.start_line + 1, one.end_line) for one in strings if one.end_line - one.start_line > 1]


def _margin(lines: Sequence[str], strings: Sequence[range]) -> str:
    in_string = {index for string in strings for index in string}
    margins = [
        line[: len(line) - len(line.lstrip())]
        for index, line in enumerate(lines)
        if line.strip() and index not in in_string and not line.startswith(("#", "//", "--"))
    ]
    return min(margins, key=len, default="")


def _project(old: Sequence[str], written: Sequence[str], low: int, high: int) -> tuple[int, int]:
    """Return which of ``written``'s lines stand for lines ``low`` to ``high`` of ``old``."""
    if (low, high) == (0, len(old)):
        return 0, len(written)
    matcher = SequenceMatcher(None, [line.strip() for line in old], [line.strip() for line in written], autojunk=False)
    new_low, new_high, is_low_found = 0, len(written), False
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        if not is_low_found and (i1 <= low < i2 or i1 == i2 == low):  # what is new at either end is part of it
            new_low, is_low_found = j1 + min(low - i1, j2 - j1), True
        if i1 < high <= i2 or i1 == i2 == high:
            new_high = j2 - min(i2 - high, j2 - j1)
    return new_low, max(new_low, new_high)


def line_ending(snapshot: TextSnapshot) -> str:
    r"""Return the line ending that the file's first line has; ``\n`` for a file without any."""
    first = snapshot.lines[0] if snapshot.lines else "\n"
    return first[len(first.rstrip("\r\n")) :] or "\n"


def _with_endings(new: Sequence[str], region: Region, ending: str) -> list[str]:
    """Return ``new`` with line endings, keeping the blank lines that the region begins and ends with.

    A line that the region has, too, keeps its own ending: files of mixed line endings stay as they are.
    """
    old = split_lines(region.text)
    own = {line.rstrip("\r\n"): line[len(line.rstrip("\r\n")) :] for line in old}
    blank_before = next((i for i, line in enumerate(old) if line.strip()), 0)
    blank_after = next((i for i, line in enumerate(reversed(old)) if line.strip()), 0)
    body = list(new)
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    lines = [
        *old[:blank_before],
        *(line + (own.get(line) or ending) for line in body),
        *(old[len(old) - blank_after :] if blank_after else []),
    ]
    if lines and not region.text.endswith(("\n", "\r")):
        lines[-1] = lines[-1].rstrip("\r\n")
    return lines
