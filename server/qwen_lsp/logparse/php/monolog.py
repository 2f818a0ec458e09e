"""Exceptions that Monolog writes to a log, as Laravel and Symfony set it up.

Source of the format: Monolog's LineFormatter.php (``normalizeException``, with stack traces); Laravel's storage/logs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.php.errors import make_exception
from qwen_lsp.logparse.php.frames import make_frame, read_trace
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure

_OBJECT = re.compile(
    r"\[object\] \((?P<type>[\w\\]{1,300}(?:@anonymous)?)\(code: (?P<code>[^()]{0,100})\): (?P<message>.*)$"
)
_PLACE = re.compile(r" at (?P<path>(?:[A-Za-z]:)?[^:]{1,1000}):(?P<lineno>[0-9]{1,9})\)")
_PREVIOUS = "[previous exception] "
_ESCAPED_LINE = "\\n"
_ESCAPED_PREVIOUS = _ESCAPED_LINE + _PREVIOUS
_MAX_MESSAGE_LINES = 40
_MAX_CAUSES = 50
_MAX_PLACES = 5


def read_logged(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception of a log entry, with the previous ones as its causes."""
    # Without stack traces an entry is one line, and what stands in it a JSON string.
    if _ESCAPED_PREVIOUS in lines[index]:
        found = read_logged([*lines[index].split(_ESCAPED_LINE), ""], 0)
        return found and Found(tuple((one, weight, index) for one, weight, _ in found.failures), index + 1)
    chain: list[Failure] = []
    end = index
    while len(chain) < _MAX_CAUSES and (read := _read_object(lines, end)) is not None:
        failure, end = read
        chain.append(failure)
        following = end
        while following < min(len(lines), end + 3) and not lines[following].strip():
            following += 1
        if following >= len(lines) or not lines[following].startswith(_PREVIOUS):
            break
        end = following
    if not chain:
        return None
    whole = chain[-1]
    for failure in reversed(chain[:-1]):
        whole = replace(failure, cause=whole, cause_is_explicit=True)
    return Found.one(whole, Weight.LOGGED, index, max(end, index + 1))


def _read_object(lines: Sequence[str], index: int) -> tuple[Failure, int] | None:
    """Return the exception described at ``index`` and the index after its trace."""
    begin = lines[index].find("[object] (")
    match = _OBJECT.match(lines[index], begin) if begin >= 0 else None
    if match is None:
        return None
    texts = [match["message"]]
    end = index + 1
    while (place := _last(texts[-1])) is None and end < min(len(lines), index + _MAX_MESSAGE_LINES):
        texts.append(lines[end])
        end += 1
    if place is None:
        return None
    texts[-1] = texts[-1][: place.start()]
    thrown = (place["path"], int(place["lineno"]))
    # The class stands within a JSON string.
    exception_type = match["type"].replace("\\\\", "\\")
    if end < len(lines) and lines[end].strip() == "[stacktrace]":
        frames, end = read_trace(lines, end + 1, thrown)
    else:
        frames = (make_frame(*thrown),)
    return make_exception(exception_type, "\n".join(texts).strip(), frames), end


def _last(text: str) -> re.Match[str] | None:
    """Return the last " at path:3)" of ``text``."""
    start = len(text)
    for _ in range(_MAX_PLACES):
        start = text.rfind(" at ", 0, start)
        if start < 0:
            break
        if match := _PLACE.match(text, start):
            return match
    return None
