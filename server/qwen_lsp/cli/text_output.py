"""Print a diagnosis for people."""

from __future__ import annotations

import difflib
import os
import sys
import textwrap
from pathlib import Path
from typing import TextIO

from qwen_lsp.fixes import apply_fix
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, Failure, LocatedFrame
from qwen_lsp.text import DocumentSource, split_lines

_RED, _GREEN, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_MAX_OTHER_FAILURES = 5


class TextOutput:
    """Writes to ``out``; colour only on a terminal and where NO_COLOR is not set (https://no-color.org)."""

    def __init__(self, root: Path, documents: DocumentSource, out: TextIO) -> None:
        self._root = root
        self._documents = documents
        self._out = out
        self._colour = out.isatty() and not os.environ.get("NO_COLOR")
        self._shown = 0

    def locations(self, diagnosis: Diagnosis) -> None:
        """Print the failures and where they are, before any model is asked."""
        primary = diagnosis.primary
        if primary is not None:
            self._print(self._paint(_BOLD + _RED, one_line(primary.failure)))
            for located_frame in reversed(primary.frames):
                if located_frame.frame.in_app:
                    word = say("crashed at ") if located_frame == primary.crash else say("called from")
                    self._print(f"  {word} {self._place(located_frame)}")
        others = [one for one in diagnosis.located if one is not primary]
        for other in others[:_MAX_OTHER_FAILURES]:
            place = f" at {self._place(other.crash)}" if other.crash else ""
            self._print(self._paint(_DIM, say("also: {failure}", failure=f"{one_line(other.failure)}{place}")))
        if len(others) > _MAX_OTHER_FAILURES:
            self._print(self._paint(_DIM, say("and {count} more failures", count=len(others) - _MAX_OTHER_FAILURES)))
        self._problems(diagnosis)
        self._out.flush()

    def explanation(self, diagnosis: Diagnosis) -> None:
        """Print what the model added: root cause, fixes as diffs, and new problems."""
        cause = diagnosis.root_cause
        if cause is not None:
            self._print(
                f"\n{self._paint(_BOLD, say('Root cause'))} {self._name(cause.path)}:{cause.range.start.line + 1}"
            )
            self._print(textwrap.indent(textwrap.fill(cause.explanation, 100), "  "))
        for fix in diagnosis.fixes:
            self._print(f"\n{self._paint(_BOLD, fix.title)}")
            self._print(self._diff(fix), end="")
        self._problems(diagnosis)

    def _print(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=self._out)

    def _problems(self, diagnosis: Diagnosis) -> None:
        for problem in diagnosis.problems[self._shown :]:
            print(f"qwen-lsp: {problem}", file=sys.stderr)
        self._shown = len(diagnosis.problems)

    def _place(self, located_frame: LocatedFrame) -> str:
        frame = located_frame.frame
        if located_frame.path is None or located_frame.range is None:
            place = f"{frame.path}:{frame.lineno or '?'}"
        else:
            place = f"{self._name(located_frame.path)}:{located_frame.range.start.line + 1}"
        inside = f" in {frame.function}" if frame.function else ""
        note = f" ({located_frame.note})" if located_frame.note else ""
        return f"{place}{inside}{note}"

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else str(path)

    def _diff(self, fix: CheckedFix) -> str:
        lines: list[str] = []
        for snapshot, after in apply_fix(fix, self._documents):
            name = self._name(snapshot.path)
            lines += difflib.unified_diff(snapshot.lines, split_lines(after), f"a/{name}", f"b/{name}")
        colours = {"+": _GREEN, "-": _RED, "@": _DIM}
        return "".join(self._paint(colours.get(line[:1], ""), line.rstrip("\r\n")) + "\n" for line in lines)

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour and colour else text


def one_line(failure: Failure) -> str:
    """Return the exception's type and the first line of its message."""
    first = failure.message.strip().partition("\n")[0]
    repeated = f" (x{failure.count})" if failure.count > 1 else ""
    return (f"{failure.exception_type}: {first}" if first else failure.exception_type) + repeated
