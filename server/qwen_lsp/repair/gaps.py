"""Which lines may be the wrong one, as gaps for the model to fill.

A model that sees a wrong line writes it again: asked to correct a region, a small one gives most of it back unchanged,
also where it is told that the mistake is in it. Asked to fill the gap that a line leaves, it writes what usually
stands there, which is right more often than not ("cloze" program repair: Xia and Zhang, "Less Training, More Repairing
Please", 2022). And a line costs a tenth of a function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.model import Failure, Gap, Located, Region
from qwen_lsp.syntax import Language, TokenKind, language_of, parse
from qwen_lsp.text import TextSnapshot, split_lines

_COMMENT_MARKS = {"python": "#", "ruby": "#", "sql": "--"}
_MAX_NOTE_CHARACTERS = 200
_CLOSERS = frozenset(")]};,")


@dataclass(frozen=True, slots=True)
class LineGap:
    """The gap that line ``line`` (0-based, in the file) of ``region`` leaves; ``margin`` is its indentation."""

    region: Region
    line: int
    margin: str
    gap: Gap

    @property
    def old(self) -> str:
        """The line that is there now."""
        return split_lines(self.region.text)[self.line - self.region.start_line].rstrip("\r\n")

    def filled(self, text: str) -> str:
        """Return the region's text with ``text`` in the gap, in the line endings of the line that was there."""
        lines = split_lines(self.region.text)
        index = self.line - self.region.start_line
        ending = lines[index][len(lines[index].rstrip("\r\n")) :]
        lines[index] = (self.margin + text.rstrip()).replace("\n", ending or "\n") + ending
        return "".join(lines)


def line_gaps(regions: Sequence[Region], snapshots: Sequence[TextSnapshot], located: Located) -> Iterator[LineGap]:
    """Yield the lines with code of ``regions``, in their order.

    Left out are lone brackets, and imports but for those that the stack names. ``snapshots`` are the files of the
    regions, one for each.
    """
    named = {(path, where.start.line) for path, where in (one.place for one in located.frames if one.place)}
    for region, snapshot in zip(regions, snapshots, strict=True):
        language = language_of(region.path)
        if language is None:
            continue
        lines = split_lines(region.text)
        note = _note(located.failure, region.path)
        for line in sorted(_lines_with_code(snapshot, language)):
            index = line - region.start_line
            if not 0 <= index < len(lines):
                continue
            text = lines[index]
            margin = text[: len(text) - len(text.lstrip())]
            if not set(text.strip()) - _CLOSERS:
                continue
            if language.is_import(text.strip()) and (region.path, line) not in named:
                continue
            before, after = "".join(lines[:index]), "".join(lines[index + 1 :])
            ending = text[len(text.rstrip("\r\n")) :]
            gap = Gap(f"{note}{before}{margin}", f"{ending}{after}")
            yield LineGap(region, line, margin, gap)


def _lines_with_code(snapshot: TextSnapshot, language: Language) -> set[int]:
    """Return the lines in which a token begins; comments, and texts that stand by themselves, are no code.

    The inner lines of a long text that is a value (a query, a template) count, too.
    """
    kinds: dict[int, list[TokenKind]] = {}
    inner = set[int]()
    for token in parse(language, snapshot.text).tokens():
        is_long = token.kind is TokenKind.STRING and token.end_line - token.start_line > 1
        if is_long and kinds.get(token.start_line):
            lines = range(token.start_line + 1, token.end_line)
            inner.update(line for line in lines if any(map(str.isalnum, snapshot.line(line))))
        if token.kind is not TokenKind.COMMENT and not is_long:
            kinds.setdefault(token.start_line, []).append(token.kind)
    return inner | {line for line, found in kinds.items() if found != [TokenKind.STRING]}


def comment_mark(path: Path) -> str:
    """Return what begins a comment in the language of ``path``."""
    language = language_of(path)
    return _COMMENT_MARKS.get(language.id, "//") if language is not None else "#"


def _note(failure: Failure, path: Path) -> str:
    """Return what went wrong as a comment on top: it tells the model which value to think of."""
    message = " ".join(f"{failure.exception_type}: {failure.message}".split())[:_MAX_NOTE_CHARACTERS]
    return f"{comment_mark(path)} {message}\n"
