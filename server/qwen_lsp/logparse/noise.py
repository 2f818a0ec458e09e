"""Takes off what terminals and log collectors put around a program's output."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LOG_CHARS = 64 * 1024 * 1024
MAX_LOG_LINES = 2_000_000
MAX_LINE_CHARS = 4_000

# ECMA-48: CSI sequences, OSC strings (ended by BEL or ST; hyperlinks, window titles), and two-character escapes.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|\][^\x07\x1b\n]*+(?:\x07|\x1b\\)?|[@-Z\\^_=>78c]|[()][0-9A-Za-z])")
_OVERWRITTEN = re.compile(r"(?m)^[^\n]*\r(?=[^\r\n])")
_BACKSPACED = re.compile(r"[^\n]\x08")

# Time stamps that collectors put before every line: GitHub Actions ("2024-05-01T10:00:00.1234567Z text", and
# "job<TAB>step<TAB>" before it from `gh run view --log`), kubectl and docker logs --timestamps, Jenkins "[...] ".
_TIMESTAMP = re.compile(
    r"(?m)^\ufeff?(?:[^\t\n]{1,200}+\t[^\t\n]{1,200}+\t\ufeff?)?"
    r"\[?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})\]?(?: |$)"
)
# docker compose: "service-1  | text", the names padded to one width.
_COMPOSE = re.compile(r"([A-Za-z0-9][\w.-]{0,100}) *\|(?: |$)")
# A traceback inside a JSON string (structured logs) or a Python repr: one line, with the two characters \\n in it.
_ESCAPED_HEADER = "Traceback (most recent call last):\\n"
_STRING_ENDS = {'"': re.compile(r'(?:[^"\\]|\\.)*+'), "'": re.compile(r"(?:[^'\\]|\\.)*+")}
_STRING_ESCAPE = re.compile(r"\\(.)")
_ESCAPED_CHARACTERS = {"n": "\n", "t": "\t", "r": ""}

_SERVICE_SAMPLE_LINES = 2_000


@dataclass(frozen=True, slots=True)
class CleanedLog:
    """The lines of a log without line endings and noise; ``problems`` says what was left out."""

    lines: list[str]
    problems: tuple[str, ...]


def clean(text: str) -> CleanedLog:
    """Return the lines of ``text`` as the failed program wrote them, as far as can be told.

    Lines of several docker compose services come out service by service, since they are interleaved in the log.
    """
    problems: list[str] = []
    if len(text) > MAX_LOG_CHARS:
        text = text[-MAX_LOG_CHARS:]
        problems.append(
            f"The log is very long; only its last {MAX_LOG_CHARS // (1024 * 1024)} million characters were read."
        )
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    if "\x08" in text:
        text = _BACKSPACED.sub("", text)
    if "\r" in text:
        text = _carriage_returns(text)
    if "T" in text and "-" in text:
        text = _TIMESTAMP.sub("", text)
    if _ESCAPED_HEADER in text:
        text = "\n".join(_unescape(line) for line in text.split("\n"))
    lines = text.rsplit("\n", MAX_LOG_LINES)
    if len(lines) > MAX_LOG_LINES:
        del lines[0]
        problems.append(f"The log is very long; only its last {MAX_LOG_LINES} lines were read.")
    for index, line in enumerate(lines):
        if len(line) > MAX_LINE_CHARS:
            lines[index] = line[:MAX_LINE_CHARS] + "…"
    return CleanedLog(_by_service(lines), tuple(problems))


def _carriage_returns(text: str) -> str:
    """Return ``text`` with line feeds only; of a line that a progress bar drew over, the last state stays."""
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "\n" not in text:
        return text.replace("\r", "\n")
    return _OVERWRITTEN.sub("", text).replace("\r", "") if "\r" in text else text


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


def _by_service(lines: list[str]) -> list[str]:
    """Return ``lines`` without docker compose's names where most lines carry one, else ``lines`` as they are."""
    sample = [line for line in lines[:_SERVICE_SAMPLE_LINES] if line.strip()]
    if sum(1 for line in sample if _COMPOSE.match(line)) * 2 <= len(sample):
        return lines
    services: dict[str, list[str]] = {}
    for line in lines:
        match = _COMPOSE.match(line)
        services.setdefault(match[1] if match else "", []).append(line[match.end() :] if match else line)
    # A blank line keeps the end of one service's output from running on into the next one's.
    return [line for service_lines in services.values() for line in (*service_lines, "")]
