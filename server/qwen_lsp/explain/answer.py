"""What a rule of this package gets to see and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qwen_lsp.explain.code import Code
from qwen_lsp.model import Failure, Located, Position, Range, TextEdit
from qwen_lsp.syntax import language_of
from qwen_lsp.text import DocumentSource, TextSnapshot

_IMPORTING = "<frozen importlib"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the code that is certain to be meant, before any check; ``title`` is an imperative."""

    title: str
    edits: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is wrong, as in ``qwen_lsp.model.Explanation``, and what mends it where that is certain."""

    text: str
    change: Change | None = None
    command: str | None = None
    is_environment: bool = False


class Site:
    """A failure and the code where it happened.

    ``failure`` is the one of the chain or group whose frames lead to ``crash``; ``crash`` is None where no frame is in
    the workspace.
    """

    def __init__(self, failure: Failure, located: Located, roots: Sequence[Path], documents: DocumentSource) -> None:
        self.failure = failure
        self.crash = located.crash
        self.roots = roots
        self.documents = documents
        paths = [self.crash.path if self.crash is not None else None, *(one.path for one in reversed(located.frames))]
        self.paths = tuple(dict.fromkeys(path for path in paths if path is not None))
        """The files of the frames, that of the crash first."""

    @property
    def place(self) -> Range | None:
        """The crash's range, or None where the file no longer reads as the log shows, or is not in the workspace."""
        if self.crash is None or self.crash.note is not None:
            return None
        return self.crash.range

    @cached_property
    def snapshot(self) -> TextSnapshot | None:
        """The text of the crash's file."""
        if self.crash is None or self.crash.path is None or self.place is None:
            return None
        return self.documents.read(self.crash.path)

    @property
    def line(self) -> str:
        """The source line of the crash, stripped; as the log shows it where the file is not in the workspace."""
        if self.snapshot is not None and self.place is not None:
            return self.snapshot.line(self.place.start.line).strip()
        frames = self.failure.frames
        return (frames[-1].source_line or "") if frames else ""

    @cached_property
    def code(self) -> Code | None:
        """The crash's file with its syntax tree, where the language has one."""
        return self._code_of(self.snapshot) if self.snapshot is not None else None

    def code_at(self, path: Path) -> Code | None:
        """Return a file of the workspace with its syntax tree, or None when there is none."""
        if not any(path.is_relative_to(root) for root in self.roots):
            return None
        snapshot = self.documents.read(path)
        return self._code_of(snapshot) if snapshot is not None else None

    @staticmethod
    def _code_of(snapshot: TextSnapshot) -> Code | None:
        language = language_of(snapshot.path)
        return Code(snapshot, language) if language is not None else None

    @property
    def is_underlined(self) -> bool:
        """Whether `place` is an expression that the log underlines, and not just a line."""
        return self.crash is not None and self.crash.frame.caret is not None

    @property
    def is_innermost(self) -> bool:
        """Whether the exception came out of this very line: the crash is the last frame but for those of an import."""
        frames = [one for one in self.failure.frames if not one.path.startswith(_IMPORTING)]
        return self.crash is not None and bool(frames) and frames[-1] == self.crash.frame

    def edit(self, place: Range, new_text: str) -> TextEdit:
        """Return the edit of the crash's file that puts ``new_text`` at ``place``."""
        if self.snapshot is None:
            message = "there is no file to edit"
            raise ValueError(message)
        return TextEdit(self.snapshot.path, self.snapshot.version, place, new_text)

    def insertion(self, line: int, character: int, new_text: str) -> TextEdit:
        """Return the edit of the crash's file that inserts ``new_text``."""
        return self.edit(Range(Position(line, character), Position(line, character)), new_text)


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of failures: ``exceptions`` are types without their module (empty: any), ``message`` a pattern."""

    exceptions: frozenset[str]
    message: re.Pattern[str]
    answer: Callable[[Site, re.Match[str]], Answer | None]


def rule(exceptions: str, message: str, answer: Callable[[Site, re.Match[str]], Answer | None]) -> Rule:
    """Return the rule for ``exceptions`` (blank-separated) whose message begins with the pattern ``message``."""
    return Rule(frozenset(exceptions.split()), re.compile(message), answer)


def sentence(text: str) -> Callable[[Site, re.Match[str]], Answer | None]:
    """Return the answer of a rule that says the same whatever the code is; {0}, {name} are the pattern's groups."""
    return lambda _site, match: Answer(text.format(match[0], **match.groupdict()))


def first_answer(rules: Sequence[Rule], site: Site) -> Answer | None:
    """Return what the first rule says that has something to say."""
    name = site.failure.exception_type.rpartition(".")[2]
    for one in rules:
        if one.exceptions and name not in one.exceptions:
            continue
        match = one.message.match(site.failure.message)
        answer = one.answer(site, match) if match is not None else None
        if answer is not None:
            return answer
    return None
