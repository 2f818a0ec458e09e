"""What runners of several programs put before each line of output: the name of the program, or a time.

Source of the forms: docker compose, foreman and honcho ("web-1  | text"), pm2 ("0|web  | text"), kubectl logs --prefix
("[pod/web-1/web] text"), concurrently ("[web] text"), turbo ("web:build: text"), pnpm -r ("packages/web test: text"),
syslog and journalctl ("May 01 10:00:00 host web[481]: text"), Heroku ("app[web.1]: text"), BuildKit ("#12 3.204 text").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_LEVELS = "DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|TRACE|debug|info|warn|warning|error|fatal|trace"
# The name is the first group. Each must be the form of most lines to count.
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:[0-9]{2}:[0-9]{2}:[0-9]{2} )?(?:[0-9]{1,4}\|)?"
        r"((?=[\w.-]{0,100}[A-Za-z])[A-Za-z0-9][\w.-]{0,100}) *\|(?: |$)",
        r"\[(pod/[^\]\s]{1,300})\](?: |$)",
        rf"\[(?!(?:{_LEVELS})\])([A-Za-z@][\w@/.:-]{{0,60}}|[0-9]{{1,3}})\](?: |$)",
        r"(@?[a-z][\w./-]{0,80}:[a-z][\w:-]{0,40}):(?: |$)",
        r"([\w@.-]{1,60}(?:/[\w.-]{1,60})+ [a-z][\w:-]{0,40})[:$](?: |$)",
        r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})? [\w.-]{1,100} "
        r"([^\s:\[]{1,100}(?:\[[0-9]{1,9}\])?):(?: |$)",
        r"(?:[\w.-]{1,100} )?((?!g?make\[)[\w./-]{1,100}\[[\w.-]{1,60}\]):(?: |$)",
        r"#([0-9]{1,4}) (?:[0-9]{1,6}\.[0-9]{1,3}(?: |$)|(?=\[|[A-Z]{4}|sha256:|\w{4,12}ing |resolve |load ))",
    )
)
# What a single line is known by: docker compose's "web-1  | ", kubectl's "[pod/web-1/web] ", syslog's and journalctl's.
_CERTAIN = (
    re.compile(r"((?=[\w.-]{0,100}[A-Za-z])[A-Za-z0-9][\w.-]{0,100}-[0-9]{1,3}) *\|(?: |$)"),
    _NAMES[1],
    _NAMES[5],
)
_ANY_NAME = re.compile("|".join(f"(?:{one.pattern})" for one in _NAMES))
# Before each line, also before those that are indented: Jenkins, TeamCity, ts.
_TIMES = (
    r"\[?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?\]?",
    r"[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}",
)
# Text quoted in an issue or a mail, perhaps more than once: as often as each line is. No program's own log looks so.
_QUOTED = tuple(re.compile(rf"(?:> ?){{{depth}}}") for depth in (4, 3, 2, 1))
_OWN_LOG = re.compile(rf"\s?(?:[\[\]|<({{,]|[*+-] |(?:[\w.]{{1,60}}:? )?(?:{_LEVELS})\b)")
_MIN_LINES, _MOST_BLANKS = 3, 2
_BLOCK_LINES, _MAX_BLOCKS = 8, 400
_MOST, _NEARLY_ALL = 0.5, 0.9
_MAX_SHARE_OF_NAMES = 0.4


class Prefixes:
    """How the lines of one log begin, found out from a sample of them."""

    def __init__(self, sample: Iterable[Sequence[str]]) -> None:
        printed = [[line for line in part if line.strip()] for part in sample]
        parts = [lines for lines in printed if len(lines) >= _MIN_LINES]
        self._name = next((one for one in _NAMES if any(_names_most(one, lines) for lines in parts)), None)
        if not parts:
            few = [line for lines in printed for line in lines]
            self._name = next((one for one in _CERTAIN if few and all(map(one.match, few))), None)
        self._each = None
        if self._name is None:
            self._each = next((found for lines in parts if (found := _time_of_each(lines)) is not None), None)
        if self._name is None and self._each is None:
            self._each = next((one for one in _QUOTED if any(_begins_nearly_all(one, lines) for lines in parts)), None)

    @property
    def has_names(self) -> bool:
        """Whether the lines carry names, so that output of several programs may be mixed."""
        return self._name is not None

    def split(self, line: str) -> tuple[str, str]:
        """Return the name of the program that printed ``line``, and what it printed."""
        match = self._name.match(line) if self._name is not None else None
        return (match[1], line[match.end() :]) if match is not None else ("", line)

    def strip(self, piece: str) -> str:
        """Return ``piece``, whose lines each stand behind a line feed, without what stands before each line."""
        if self._each is None:
            return piece
        lines = piece.split("\n")
        return "\n".join(line[match.end() :] if (match := self._each.match(line)) else line for line in lines)


def parts(lines: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    """Return ``lines`` in parts, each with the index that it begins at now that lines of one program stand together.

    For the few lines around a failure; `Prefixes` tells it for a whole log. A build server's log holds the output of
    one tool after the other, of which only some put names before their lines.
    """
    found: list[tuple[int, Sequence[str]]] = []
    step = _BLOCK_LINES * max(1, len(lines) // (_BLOCK_LINES * _MAX_BLOCKS))
    start = index = 0
    while index < len(lines):
        pattern = _pattern_of(lines[index : index + _BLOCK_LINES])
        if pattern is None:
            index += step
            continue
        first = last = index
        while first > start and any(pattern.match(line) for line in lines[max(first - 2, start) : first]):
            first -= 1
        while last < len(lines) and any(pattern.match(line) for line in lines[last : last + 2]):
            last += 1
        last = max(last, index + 1)
        found.append((start, lines[start:first]))
        for own in _by_name(pattern, lines[first:last]):
            found.append((first, own))
            first += len(own)
        start = index = last
    return [(where, part) for where, part in (*found, (start, lines[start:])) if part]


def _pattern_of(block: Sequence[str]) -> re.Pattern[str] | None:
    """Return the form of the names before most lines of ``block``, if they have names."""
    # Nearly all blocks end here: of most lines, every other one holds one.
    if not any(_ANY_NAME.match(line) for line in block[::2]):
        return None
    lines = [line for line in block if line.strip()]
    if len(lines) < _MIN_LINES:
        return None
    return next((one for one in _NAMES if _names_most(one, lines)), None)


def _by_name(pattern: re.Pattern[str], lines: Sequence[str]) -> list[list[str]]:
    programs: dict[str, list[str]] = {}
    for line in lines:
        match = pattern.match(line)
        programs.setdefault(match[1] if match else "", []).append(line[match.end() :] if match else line)
    return list(programs.values())


def _names_most(pattern: re.Pattern[str], lines: Sequence[str]) -> bool:
    """Return whether most of ``lines`` begin with a name, and few names come up again and again."""
    names = Counter(match[1] for line in lines if (match := pattern.match(line)) is not None)
    count = names.total()
    return count > len(lines) * _MOST and len(names) <= max(1, count * _MAX_SHARE_OF_NAMES)


def _time_of_each(lines: Sequence[str]) -> re.Pattern[str] | None:
    """Return the form of the times before nearly all ``lines``, unless these are what one program has logged.

    Its own log has no indented lines, and names levels, threads or modules behind the times. Of the blanks behind a
    time those belong to it that stand in each line: more of them are the line's own.
    """
    for time in _TIMES:
        pattern = re.compile(time)
        rests = [line[match.end() :] for line in lines if (match := pattern.match(line)) is not None]
        if len(rests) <= len(lines) * _NEARLY_ALL:
            continue
        blanks = min((len(rest) - len(rest.lstrip(" ")) for rest in rests if rest.strip()), default=0)
        blanks = min(blanks, _MOST_BLANKS)
        rests = [rest[blanks:] for rest in rests]
        if any(rest.startswith(("  ", "\t")) for rest in rests) or not any(map(_OWN_LOG.match, rests)):
            return re.compile(rf"{time}(?:{' ' * blanks}|$)")
    return None


def _begins_nearly_all(pattern: re.Pattern[str], lines: Sequence[str]) -> bool:
    return sum(pattern.match(line) is not None for line in lines) > len(lines) * _NEARLY_ALL
