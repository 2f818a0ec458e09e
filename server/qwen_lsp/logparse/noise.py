"""Takes off what terminals and log collectors put around a program's output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qwen_lsp.logparse import jsonlines
from qwen_lsp.logparse.prefixes import Prefixes

MAX_LOG_CHARS = 256 * 1024 * 1024
_PIECE_CHARS = 256 * 1024
"""Long enough that a piece costs little by itself, short enough to stay in the processor's cache."""

# ECMA-48: CSI sequences, OSC, DCS and APC strings (ended by BEL or ST; hyperlinks, window titles, Buildkite's times),
# and two-character escapes.
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|[\]_P][^\x07\x1b\n]*+(?:\x07|\x1b\\)?|[@-Z\\^_=>78c]|[()][0-9A-Za-z])"
)
_BACKSPACED = re.compile(r"[^\n]\x08")

# Time stamps that collectors put before every line: GitHub Actions ("2024-05-01T10:00:00.1234567Z text", and
# "job<TAB>step<TAB>" before it from `gh run view --log`), kubectl and docker logs --timestamps, Jenkins "[...] ",
# GitLab ("2024-05-01T10:00:00.123456Z 00O text"), containerd's files ("2024-05-01T10:00:00.123456789Z stderr F text").
# Each pattern begins with a line feed: that is what makes it fast.
_STAMP = (
    r"\ufeff?\[?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})\]?(?: |(?=\n)|\Z)"
    r"(?:[0-9a-f]{2}[OE][+ ]|std(?:out|err) [FP] )?"
)
_TIMESTAMP = re.compile(r"\n" + _STAMP)
_STEP_TIMESTAMP = re.compile(r"\n\ufeff?[^\t\n]{1,200}+\t[^\t\n]{1,200}+\t" + _STAMP)
# What build servers put before a line to mark it: "##[error]text" of GitHub and Azure, sections of GitLab.
_COMMAND = re.compile(
    r"\n(?:##\[(?:error|warning|notice|group|endgroup|command|section|debug)\]|section_(?:start|end):[^\n]*)"
)
# What BuildKit repeats of the step that failed, each line with its time: " > [4/5] RUN npm test:", "0.412 text".
_STEP_EXCERPT = re.compile(r"\n > [^\n]{1,4000}:(?:\n(?:#[0-9]{1,4} )?[0-9]{1,6}\.[0-9]{1,3}(?: [^\n]*+)?(?=\n|\Z))++")
_STEP_TIME = re.compile(r"\n(?:#[0-9]{1,4} )?[0-9]{1,6}\.[0-9]{1,3}(?: |(?=\n|\Z))")

_SAMPLE_CHARS = 60_000


@dataclass(frozen=True, slots=True)
class CleanedLog:
    """The texts that make up a log, in pieces of whole lines without noise; ``problems`` says what was left out.

    Each piece begins with a line feed and ends without one. Lines of several programs, whose names stand before them,
    are a text for each program, since they are interleaved in the log.
    """

    texts: Iterable[Iterable[str]]
    problems: tuple[str, ...]


def clean(text: str) -> CleanedLog:
    """Return ``text`` as the failed program wrote it, as far as can be told."""
    problems: list[str] = []
    if len(text) > MAX_LOG_CHARS:
        text = text[-MAX_LOG_CHARS:]
        problems.append(
            f"The log is very long; only its last {MAX_LOG_CHARS // (1024 * 1024)} million characters were read."
        )
    if "\n" not in text:
        text = text.replace("\r", "\n")
    prefixes = Prefixes(_sample(text))
    texts = _by_program(text, prefixes) if prefixes.has_names else (_clean_pieces(text, prefixes),)
    return CleanedLog(texts, tuple(problems))


def _sample(text: str) -> Iterator[list[str]]:
    """Yield lines from the beginning, the middle and the end of ``text``."""
    for start in sorted({0, max(len(text) // 2, 0), max(len(text) - _SAMPLE_CHARS, 0)}):
        # Where it begins in the middle, the first line is not whole.
        yield _clean("\n" + text[start : start + _SAMPLE_CHARS]).split("\n")[2 if start else 1 :]


def _clean_pieces(text: str, prefixes: Prefixes) -> Iterator[str]:
    """Yield ``text`` in clean pieces."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start + _PIECE_CHARS, start + 2 * _PIECE_CHARS)
        if end < 0:
            end = min(start + 2 * _PIECE_CHARS, len(text))
        yield _written_out(prefixes.strip(_clean("\n" + text[start:end])))
        start = end + 1 if text.startswith("\n", end) else max(end, start + 1)


def as_shown(piece: str) -> str:
    """Return ``piece`` as a terminal shows it in the end: as many lines, without what moves or colours them."""
    if "\x1b" in piece:
        piece = _ESCAPE.sub("", piece)
    if "\x08" in piece:
        piece = _BACKSPACED.sub("", piece)
    if "\r" in piece:
        piece = _without_carriage_returns(piece)
    return piece


def _clean(piece: str) -> str:
    if "\r\u00a0" in piece:
        piece = "\n".join(_unfolded(line) if "\r\u00a0" in line else line for line in piece.split("\n"))
    piece = _TIMESTAMP.sub("\n", as_shown(piece))
    if "\t" in piece:
        piece = _STEP_TIMESTAMP.sub("\n", piece)
    if "##[" in piece or "\nsection_" in piece:
        piece = _COMMAND.sub("\n", piece)
    if "\n > " in piece:
        piece = _STEP_EXCERPT.sub(lambda match: _STEP_TIME.sub("\n", match[0]), piece)
    return piece


def _unfolded(line: str) -> str:
    """Return the lines of a traceback that AWS Lambda logs as one event, with carriage returns and no-break spaces."""
    return line.rstrip("\r").replace("\r", "\n").replace("\u00a0", " ")


def _written_out(piece: str) -> str:
    """Return ``piece`` with the lines that stand in strings of its lines as lines of their own."""
    if not jsonlines.holds_strings(piece):
        return piece
    return "\n".join(jsonlines.write_out(line) if jsonlines.holds_strings(line) else line for line in piece.split("\n"))


def _without_carriage_returns(piece: str) -> str:
    """Return ``piece`` with line feeds only; of a line that a progress bar drew over, the last state stays."""
    piece = piece.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "\r" in piece:
        piece = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in piece.split("\n"))
    return piece


def _by_program(text: str, prefixes: Prefixes) -> list[list[str]]:
    """Return the text of each program, in the order in which they come up, without their names."""
    programs: dict[str, list[str]] = {}
    for piece in _clean_pieces(text, prefixes):
        lines: dict[str, list[str]] = {}
        for line in piece.split("\n")[1:]:
            name, rest = prefixes.split(line)
            lines.setdefault(name, []).append(rest)
        for name, own in lines.items():
            # docker compose --timestamps has the time behind the name.
            programs.setdefault(name, []).append(_written_out(_TIMESTAMP.sub("\n", "\n" + "\n".join(own))))
    return list(programs.values())
