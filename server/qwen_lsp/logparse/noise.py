"""Takes off what terminals and log collectors put around a program's output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_LOG_CHARS = 256 * 1024 * 1024
_PIECE_CHARS = 256 * 1024
"""Long enough that a piece costs little by itself, short enough to stay in the processor's cache."""

# ECMA-48: CSI sequences, OSC strings (ended by BEL or ST; hyperlinks, window titles), and two-character escapes.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\][^\x07\x1b\n]*+(?:\x07|\x1b\\)?|[@-Z\\^_=>78c]|[()][0-9A-Za-z])")
_BACKSPACED = re.compile(r"[^\n]\x08")

# Time stamps that collectors put before every line: GitHub Actions ("2024-05-01T10:00:00.1234567Z text", and
# "job<TAB>step<TAB>" before it from `gh run view --log`), kubectl and docker logs --timestamps, Jenkins "[...] ".
# Each pattern begins with a line feed: that is what makes it fast.
_STAMP = (
    r"\ufeff?\[?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})\]?(?: |(?=\n)|\Z)"
)
_TIMESTAMP = re.compile(r"\n" + _STAMP)
_STEP_TIMESTAMP = re.compile(r"\n\ufeff?[^\t\n]{1,200}+\t[^\t\n]{1,200}+\t" + _STAMP)
# docker compose: "service-1  | text", the names padded to one width.
_COMPOSE = re.compile(r"([A-Za-z0-9][\w.-]{0,100}) *\|(?: |$)")
# A traceback inside a JSON string (structured logs) or a Python repr: one line, with the two characters \\n in it.
_ESCAPED_HEADER = "Traceback (most recent call last):\\n"
_STRING_ENDS = {'"': re.compile(r'(?:[^"\\]|\\.)*+'), "'": re.compile(r"(?:[^'\\]|\\.)*+")}
_STRING_ESCAPE = re.compile(r"\\(.)")
_ESCAPED_CHARACTERS = {"n": "\n", "t": "\t", "r": ""}

_SERVICE_SAMPLE_CHARS = 200_000
_SERVICE_SAMPLE_LINES = 2_000


@dataclass(frozen=True, slots=True)
class CleanedLog:
    """The texts that make up a log, in pieces of whole lines without noise; ``problems`` says what was left out.

    Each piece begins with a line feed and ends without one. Lines of several docker compose services are a text for
    each service, since they are interleaved in the log.
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
    texts = _by_service(text) if _is_of_services(text) else (_clean_pieces(text),)
    return CleanedLog(texts, tuple(problems))


def _clean_pieces(text: str) -> Iterator[str]:
    """Yield ``text`` in clean pieces."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start + _PIECE_CHARS, start + 2 * _PIECE_CHARS)
        if end < 0:
            end = min(start + 2 * _PIECE_CHARS, len(text))
        yield _clean("\n" + text[start:end])
        start = end + 1 if text.startswith("\n", end) else max(end, start + 1)


def _clean(piece: str) -> str:
    if "\x1b" in piece:
        piece = _ESCAPE.sub("", piece)
    if "\x08" in piece:
        piece = _BACKSPACED.sub("", piece)
    if "\r" in piece:
        piece = _without_carriage_returns(piece)
    piece = _TIMESTAMP.sub("\n", piece)
    if "\t" in piece:
        piece = _STEP_TIMESTAMP.sub("\n", piece)
    if _ESCAPED_HEADER in piece:
        piece = "\n".join(_unescape(line) for line in piece.split("\n"))
    return piece


def _without_carriage_returns(piece: str) -> str:
    """Return ``piece`` with line feeds only; of a line that a progress bar drew over, the last state stays."""
    piece = piece.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "\r" in piece:
        piece = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in piece.split("\n"))
    return piece


def _unescape(line: str) -> str:
    """Return ``line`` with the traceback that stands in a quoted string written out as lines of its own."""
    start = line.find(_ESCAPED_HEADER)
    if start < 0:
        return line
    quote = '"' if line.find('File \\"', start) >= 0 else "'"
    end_match = _STRING_ENDS[quote].match(line, start)
    end = end_match.end() if end_match else len(line)
    traceback = _STRING_ESCAPE.sub(lambda escape: _ESCAPED_CHARACTERS.get(escape[1], escape[1]), line[start:end])
    return f"{line[:start]}\n{traceback}\n\n{line[end:]}"


def _is_of_services(text: str) -> bool:
    """Return whether most lines begin with the name of a docker compose service."""
    beginning = _clean("\n" + text[:_SERVICE_SAMPLE_CHARS])
    sample = [line for line in beginning.split("\n")[1:_SERVICE_SAMPLE_LINES] if line.strip()]
    return sum(1 for line in sample if _COMPOSE.match(line)) * 2 > len(sample)


def _by_service(text: str) -> list[list[str]]:
    """Return the text of each service, in the order in which they come up, without their names."""
    services: dict[str, list[str]] = {}
    for piece in _clean_pieces(text):
        lines: dict[str, list[str]] = {}
        for line in piece.split("\n")[1:]:
            match = _COMPOSE.match(line)
            lines.setdefault(match[1] if match else "", []).append(line[match.end() :] if match else line)
        for name, own in lines.items():
            services.setdefault(name, []).append("\n" + "\n".join(own))
    return list(services.values())
