r"""The domain types that every layer speaks; standard library only.

Units used throughout, unless a name says otherwise:

* ``lineno`` and ``colno`` are 1-based, as failure logs print them.
* ``Position.line`` is 0-based; ``Position.character`` is 0-based and counts Unicode code points
  (Python string indices). Only ``qwen_lsp.protocol`` and ``qwen_lsp.cli`` convert to UTF-8/16/32 units.
* A line ends at ``\n``, ``\r\n`` or ``\r`` and nowhere else (LSP 3.17, "Text Documents"); a form feed or
  U+2028 is an ordinary character.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import NamedTuple


class FailureKind(StrEnum):
    """What sort of failure a log reports."""

    EXCEPTION = "exception"
    SYNTAX_ERROR = "syntax-error"
    ASSERTION = "assertion"


class Severity(StrEnum):
    """How bad it is, by the log's own words."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CaretSpan:
    """The part of ``StackFrame.source_line`` that the log underlines: 0-based code points, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StackFrame:
    """One frame of a stack, as printed in the log.

    ``path`` is kept as printed (it may be relative, or of another machine). ``source_line`` is the source text
    that the log shows for the frame, stripped of surrounding white space. ``in_app`` is False for frames that
    by their path alone belong to the standard library, to an installed package or to the interpreter.
    """

    path: str
    lineno: int | None
    colno: int | None = None
    function: str | None = None
    source_line: str | None = None
    caret: CaretSpan | None = None
    in_app: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure read from a log, with its frames oldest call first (the crash is the last frame).

    ``cause`` is the failure that happened before this one in a chain; ``cause_is_explicit`` tells
    ``raise ... from ...`` from "During handling of the above exception". ``members`` are the sub-exceptions of an
    exception group. ``count`` says how often the log repeats this same failure. Exactly one failure of a
    non-empty ``ParsedLog`` has ``primary`` set.
    """

    kind: FailureKind
    exception_type: str
    message: str
    frames: tuple[StackFrame, ...]
    cause: Failure | None = None
    cause_is_explicit: bool = False
    members: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    test_id: str | None = None
    severity: Severity = Severity.ERROR
    language: str = "python"
    count: int = 1
    primary: bool = False


class Break(NamedTuple):
    """The end of a line that goes on in the next one: ``filler`` stands for characters ``start`` up to ``end``."""

    start: int
    end: int
    filler: str


@dataclass(frozen=True, slots=True)
class ParsedLog:
    """What was read from a log; ``problems`` says in words for the user what could not be read.

    ``breaks`` are the line ends that a terminal had put into the log, without which it was read.
    """

    failures: tuple[Failure, ...] = ()
    problems: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """0-based line; 0-based character in code points."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Range:
    """From ``start`` up to, not including, ``end``."""

    start: Position
    end: Position

    @property
    def is_empty(self) -> bool:
        """Whether the range holds no character."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class LocatedFrame:
    """A frame and the place in the workspace that it speaks of.

    ``path`` is absolute, or None when the frame's file is not in the workspace. ``range`` is the caret range when
    the log has one, else the line without its indentation; None when ``path`` is None. ``note`` is a sentence for
    the user when the mapping is not exact (file changed since, several files match).
    """

    frame: StackFrame
    path: Path | None = None
    range: Range | None = None
    note: str | None = None

    @property
    def place(self) -> tuple[Path, Range] | None:
        """The file and range, or None when the frame is not in the workspace."""
        return None if self.path is None or self.range is None else (self.path, self.range)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong, said without a model: ``text`` is a sentence or two that hold for certain.

    ``is_environment`` tells a failure that needs no thought about the code: a missing package, a server that is down, a
    file that a formatter has not written yet.
    ``command`` is what the user may run then, for a shell.
    """

    text: str
    command: str | None = None
    is_environment: bool = False


@dataclass(frozen=True, slots=True)
class Located:
    """A failure whose frames have been mapped to files; ``crash`` is the innermost frame in the user's own code."""

    failure: Failure
    frames: tuple[LocatedFrame, ...]
    crash: LocatedFrame | None
    explanation: Explanation | None = None

    @property
    def place(self) -> tuple[Path, Range] | None:
        """Where it crashed; None where that is in no file that can be read."""
        return self.crash.place if self.crash is not None else None


@dataclass(frozen=True, slots=True)
class Region:
    """Whole lines of one file that the model may rewrite: ``start_line`` up to, not including, ``end_line`` (0-based).

    ``version`` is the document version the text was taken from, or None for a file read from disk. ``text`` keeps
    the file's own line endings. ``why`` says in words why the region was chosen.
    """

    id: str
    path: Path
    version: int | None
    start_line: int
    end_line: int
    text: str
    why: str

    def overlaps(self, other: Region) -> bool:
        """Return whether a line is in both."""
        return self.path == other.path and self.start_line < other.end_line and other.start_line < self.end_line


@dataclass(frozen=True, slots=True)
class WorkspaceContext:
    """What the model is shown of the workspace.

    It is asked to rewrite the first of ``regions``; the others are places for what that needs (imports). ``related``
    is shown for understanding; a reply that defines its functions instead is taken as a rewrite of it. ``file`` is the
    whole file of the first region, where that is short enough to be shown instead of pieces of it.
    """

    regions: tuple[Region, ...]
    related: tuple[Region, ...] = ()
    file: Region | None = None


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """Messages for the model, as (role, content), and the template they came from."""

    messages: tuple[tuple[str, str], ...]
    prompt_id: str
    prompt_version: int


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens of a prompt; prompt and reply together may have ``limit``, None where that is not known."""

    tokens: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's whole reply. ``first_token_ms`` counts from the sending of the request."""

    text: str
    finish_reason: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a program for the model to fill: the text ``before`` it and ``after`` it."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Infilling:
    """What the model wrote into a gap, and the natural logarithm of how likely it found that."""

    text: str
    logprob: float


class Rung(IntEnum):
    """How far a fix has been checked; each rung includes those below it.

    The failed command succeeds with the two highest. With ``RERUN_DOUBTFUL`` that may be because the failing step is
    not reached any more.
    """

    APPLIES = 1
    PARSES = 2
    COMPILES = 3
    RERUN_DOUBTFUL = 4
    RERUN_PASSES = 5

    @property
    def label(self) -> str:
        """The words shown at the end of a fix's title."""
        return "rerun passes, doubtful" if self is Rung.RERUN_DOUBTFUL else self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace ``range`` of the file at ``path``, as of document ``version``, by ``new_text``."""

    path: Path
    version: int | None
    range: Range
    new_text: str


@dataclass(frozen=True, slots=True)
class RegionRewrite:
    """The model's new text for one region, before any check."""

    region_id: str
    new_text: str


@dataclass(frozen=True, slots=True)
class CheckedFix:
    """A fix that may be offered: non-overlapping ``edits`` in ascending order, and the rung it has earned.

    ``hides_error`` tells one that makes only the symptom vanish, ``dodges`` one that may.
    """

    title: str
    edits: tuple[TextEdit, ...]
    rung: Rung
    hides_error: bool = False
    dodges: bool = False


@dataclass(frozen=True, slots=True)
class RejectedFix:
    """A rewrite that is not offered, and why, in words that can be given back to the model.

    ``can_be_mended`` is False where asking the model again cannot help; ``is_unchanged`` tells a rewrite that gives the
    code back as it was.
    """

    reason: str
    can_be_mended: bool = True
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class RootCause:
    """Where the fault is and why, in the model's words; ``range`` is never outside ``path``'s text."""

    path: Path
    range: Range
    explanation: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds from the request's start; None for a step that did not happen."""

    parse_ms: float | None = None
    locate_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None


class ReviewKind(StrEnum):
    """What sort of mistake a review found; the value is the code of its diagnostic."""

    SYNTAX = "review/syntax"
    LOGIC = "review/logic"
    SECURITY = "review/security"


@dataclass(frozen=True, slots=True)
class Remark:
    """One mistake that a review found in the file at ``path``.

    ``rule`` is the short stable name of what found it; ``message`` says what goes wrong.
    """

    path: Path
    range: Range
    kind: ReviewKind
    rule: str
    message: str
    fixes: tuple[CheckedFix, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is known about one log so far.

    ``located`` follows the order of the log and holds every failure. ``problems`` are sentences for the user:
    what happened, where, and what to do. ``backend_failed`` tells a diagnosis that lacks the model's part for
    want of a working backend from one where the model had nothing to offer. ``remark`` is a known kind of mistake in
    the code that the primary failure leads to.
    """

    located: tuple[Located, ...] = ()
    root_cause: RootCause | None = None
    fixes: tuple[CheckedFix, ...] = ()
    problems: tuple[str, ...] = ()
    backend_failed: bool = False
    timing: Timing = field(default_factory=Timing)
    remark: Remark | None = None

    @property
    def primary(self) -> Located | None:
        """The failure to explain first, or None when the log holds none."""
        return next((one for one in self.located if one.failure.primary), None)


@dataclass(frozen=True, slots=True)
class Review:
    """All that a review of ``path`` found so far, in the order of the text; ``problems`` as in ``Diagnosis``."""

    path: Path
    remarks: tuple[Remark, ...] = ()
    problems: tuple[str, ...] = ()
    backend_failed: bool = False
    total_ms: float | None = None
