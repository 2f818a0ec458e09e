"""What PHP itself prints: fatal and parse errors, warnings, uncaught exceptions; on the console, in logs, in HTML.

Source of the formats: php-src main/main.c (``php_error_cb``) and Zend/zend_exceptions.c (``zend_exception_error``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.php.frames import LANGUAGE, make_frame, read_trace
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

FATAL = (
    "Fatal error",
    "Parse error",
    "Recoverable fatal error",
    "Catchable fatal error",
    "Compile Error",
    "Core error",
)
WARNINGS = ("Warning", "Notice", "Deprecated", "Strict Standards")
_HEAD = re.compile(
    rf"(?P<log>PHP )?(?P<severity>{'|'.join((*FATAL, *WARNINGS))}): {{1,2}}(?P<uncaught>Uncaught )?(?P<message>\S.*)$"
)
_PLACE = re.compile(r" in (?P<path>\S.{0,1000}?)(?: on line |:)(?P<lineno>[0-9]{1,9})(?P<rest>.*)$")
_PLACE_SEARCH = re.compile(r" in (?=\S)")
_NEXT = "Next "
_TAG = re.compile(r"</?b>|<br />")
_TYPE = re.compile(r"(?P<type>[A-Za-z_\\][\w\\]{0,300}(?:@anonymous)?)(?:: (?P<message>.*))?$", re.DOTALL)
_ESCAPED_LINE = "\\n"
_MAX_MESSAGE_LINES = 60
_MAX_CAUSES = 50


class PhpErrors:
    """Reads errors in the order of the log.

    PHP reports an error to the log and to the page; where both are the terminal it stands there twice, once with "PHP"
    before it. That is one error.
    """

    def __init__(self) -> None:
        self._unmatched: dict[object, int] = {}

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the error that ``lines[index]`` begins."""
        line = lines[index]
        match = _head(line)
        if match is None:
            return None
        is_logged = match["log"] is not None
        # Apache writes a message of several lines as one.
        one_line = _ESCAPED_LINE in match["message"] and "Stack trace:" in match["message"]
        source: Sequence[str] = lines
        start = index
        if one_line:
            source, start = _text(line)[match.start() :].split(_ESCAPED_LINE), 0
            match = _HEAD.match(source[0])
            if match is None:
                return None
        failure, after = _read_uncaught(source, start, match) if match["uncaught"] else _read_plain(start, match)
        if failure is None:
            return None
        end = index + 1 if one_line else index + after - start
        if self._is_told(failure, is_logged=is_logged):
            return Found((), end)
        weight = Weight.IGNORED if failure.severity is Severity.WARNING else Weight.UNCAUGHT
        return Found.one(failure, weight, index, end)

    def _is_told(self, failure: Failure, *, is_logged: bool) -> bool:
        """Return whether this is the other report of an error that was read already."""
        key = (failure.exception_type, failure.message, failure.frames)
        balance = self._unmatched.get(key, 0)
        step = 1 if is_logged else -1
        self._unmatched[key] = balance + step
        return balance * step < 0


def _text(line: str) -> str:
    """Return ``line`` without the tags that PHP puts into a page."""
    return html.unescape(_TAG.sub("", line)) if "<b" in line or "&" in line else line


def _head(line: str) -> re.Match[str] | None:
    """Return the match of an error's head: at the beginning of the line, or after what a server put before "PHP"."""
    if (place := line.find("PHP ")) >= 0 and (match := _HEAD.match(line, place)):
        return match
    return _HEAD.match(_text(line).lstrip())


def _read_plain(start: int, head: re.Match[str]) -> tuple[Failure | None, int]:
    """Return the error of "Parse error: message in path on line 3"."""
    text = head["message"]
    place = _last_place(text)
    if place is None or " on line " not in place[0]:
        return None, start
    match = place[1]
    severity = head["severity"]
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if severity == "Parse error" else FailureKind.EXCEPTION,
        exception_type=severity,
        message=text[: match.start()].strip(),
        frames=(make_frame(match["path"], int(match["lineno"])),),
        severity=Severity.WARNING if severity in WARNINGS else Severity.ERROR,
        language=LANGUAGE,
    )
    return failure, start + 1


def _read_uncaught(lines: Sequence[str], start: int, head: re.Match[str]) -> tuple[Failure | None, int]:
    """Return the exception that nobody caught, with those before it as its causes, and the index after it."""
    failure: Failure | None = None
    text, end = head["message"], start + 1
    for _ in range(_MAX_CAUSES):
        one, end = _read_exception(lines, text, end)
        if one is None:
            break
        failure = replace(one, cause=failure, cause_is_explicit=failure is not None)
        following = end + 1 if end < len(lines) and not lines[end].strip() else end
        if following >= len(lines) or not lines[following].startswith(_NEXT):
            break
        text, end = lines[following].removeprefix(_NEXT), following + 1
    if end < len(lines) and lines[end].lstrip().startswith("thrown in "):
        end += 1
    return failure, end


def _read_exception(lines: Sequence[str], first: str, start: int) -> tuple[Failure | None, int]:
    """Return the exception whose text begins with ``first`` and goes on at ``start``, with its trace."""
    texts = [first.rstrip()]
    end = start
    while end < min(len(lines), start + _MAX_MESSAGE_LINES) and lines[end].strip() != "Stack trace:":
        if "Uncaught " in lines[end] or (not lines[end].strip() and _last_place(texts[-1]) is not None):
            break
        texts.append(lines[end].rstrip())
        end += 1
    has_trace = end < len(lines) and lines[end].strip() == "Stack trace:"
    if not has_trace:
        texts, end = texts[:1], start
    place = _last_place(texts[-1])
    if place is None:
        return None, start
    match = place[1]
    texts[-1] = texts[-1][: match.start()]
    named = _TYPE.match("\n".join(texts))
    if named is None:
        return None, start
    thrown = (match["path"], int(match["lineno"]))
    frames, end = read_trace(lines, end + 1, thrown) if has_trace else ((make_frame(*thrown),), end)
    return make_exception(named["type"], (named["message"] or "").strip(), frames), end


def make_exception(exception_type: str, message: str, frames: tuple[StackFrame, ...]) -> Failure:
    """Return the failure of an exception; its kind follows from its class."""
    kinds = {"ParseError": FailureKind.SYNTAX_ERROR, "AssertionError": FailureKind.ASSERTION}
    kind = kinds.get(exception_type, FailureKind.EXCEPTION)
    return Failure(kind, exception_type, message, frames, language=LANGUAGE)


def _last_place(text: str) -> tuple[str, re.Match[str]] | None:
    """Return the last " in path on line 3" or " in path:3" of ``text``, whole and as a match at its end."""
    for start in reversed([match.start() for match in _PLACE_SEARCH.finditer(text)][-5:]):
        match = _PLACE.match(text, start)
        if match is not None and not match["rest"].strip(" .,\"'"):
            return match[0], match
    return None
