r"""Logs of one JSON object a line: what the program printed is in their strings.

Source of the forms: Docker's json-file driver (``{"log": "text\n", "stream": ..., "time": ...}``); journalctl's
``-o json`` (``MESSAGE``); structured loggers, which put a whole stack into one field (pino and bunyan ``err.stack``,
winston ``stack``, python-json-logger ``exc_info``, structlog ``exception``, Logback's JSON encoder ``stack_trace``,
zap ``stacktrace``, Serilog ``@x``, ECS ``error.stack_trace``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# A string that holds further lines, indented or numbered as those of stacks are.
_STACK = re.compile(r"\\n(?:\\t| {1,8}\S|#[0-9]|goroutine |\\n|[\w./\\@-]{1,120}+:[0-9])")
# A traceback inside a JSON string behind other text, or a Python repr: one line, with the two characters \\n in it.
_ESCAPED_HEADER = "Traceback (most recent call last):\\n"
_ESCAPED_FRAME = re.compile(r"\\n(?:\\t| {2,8})at ")
_STRING_ENDS = {'"': re.compile(r'(?:[^"\\]|\\.)*+'), "'": re.compile(r"(?:[^'\\]|\\.)*+")}
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_STRING_ESCAPE = re.compile(r"\\(.)")
_ESCAPED_CHARACTERS = {"n": "\n", "t": "\t", "r": ""}
_WHOLE_LINE_KEYS = ("log", "MESSAGE")
_MESSAGE_KEYS = ("msg", "message", "event", "@m")
_LEVEL_KEYS = ("level", "levelname", "severity", "log.level", "@l")
_STACK_LIST = '"stack":["'
_DECODER = json.JSONDecoder()
_MAX_LISTED = 200
_MAX_DEPTH = 5
_MAX_STRINGS = 50


def holds_strings(piece: str) -> bool:
    r"""Return whether some line of ``piece`` may hold the lines of a program in a string."""
    return "\\n" in piece or '"MESSAGE"' in piece or _STACK_LIST in piece


def write_out(line: str) -> str:
    r"""Return ``line`` with the lines that stand in its strings, as ``\n``, written out below it."""
    if line.startswith("{") and (found := _read_object(line)) is not None:
        for key in _WHOLE_LINE_KEYS:
            if isinstance(text := found.get(key), str):
                return text.removesuffix("\n")
        if _STACK.search(line) is None:
            return line
        texts = [text for text in _strings(found, 0) if "\n" in text.strip()][:_MAX_STRINGS]
        return "\n".join([_heading(found), *(f"{text.strip(chr(10))}\n" for text in texts)])
    if (start := line.find(_STACK_LIST)) >= 0 and (stack := _listed(line, start)) is not None:
        return f"{line[:start]}\n{stack}\n"
    return _write_out_traceback(line)


def _listed(line: str, start: int) -> str | None:
    """Return the lines of the list of strings that begins in ``line`` at ``start``, as AWS Lambda logs a stack."""
    try:
        found, _ = _DECODER.raw_decode(line, start + len(_STACK_LIST) - 2)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return "\n".join(found[:_MAX_LISTED])


def _read_object(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _strings(value: object, depth: int) -> Iterator[str]:
    """Yield the strings in ``value``, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < _MAX_DEPTH:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item, depth + 1)


def _heading(found: dict[str, object]) -> str:
    """Return level and message, as a logger prints them that writes plain text."""
    words = (next((text for key in keys if isinstance(text := found.get(key), str)), "") for keys in _HEADING_KEYS)
    return " ".join(word.partition("\n")[0] for word in words if word)


_HEADING_KEYS = (_LEVEL_KEYS, _MESSAGE_KEYS)


def _write_out_traceback(line: str) -> str:
    """Return ``line`` with the stack that stands in a quoted string written out as lines of its own."""
    start = line.find(_ESCAPED_HEADER)
    if start >= 0:
        quote = '"' if line.find('File \\"', start) >= 0 else "'"
        end_match = _STRING_ENDS[quote].match(line, start)
        end = end_match.end() if end_match else len(line)
        return f"{line[:start]}\n{_unescape(line[start:end])}\n\n{line[end:]}"
    if _ESCAPED_FRAME.search(line) is None:
        return line
    stacks = [string[1] for string in _STRING.finditer(line) if _ESCAPED_FRAME.search(string[1])]
    return "\n".join([line, *(f"{_unescape(stack)}\n" for stack in stacks)])


def _unescape(string: str) -> str:
    return _STRING_ESCAPE.sub(lambda escape: _ESCAPED_CHARACTERS.get(escape[1], escape[1]), string)
