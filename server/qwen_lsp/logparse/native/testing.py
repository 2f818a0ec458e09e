"""Failing tests of GoogleTest, Catch2, doctest and Boost.Test.

Source of the formats: googletest/src/gtest.cc (``PrettyUnitTestResultPrinter``); Catch2's console reporter; doctest's
``ConsoleReporter::log_assert``; Boost.Test's compiler_log_formatter.ipp.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import language_of, make_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_RUN = re.compile(r"\[ RUN {6}\] (?P<name>\S{1,500})")
_GOOGLE = re.compile(r"(?:(?P<path>.{1,1000}?):(?P<lineno>[0-9]{1,9})|unknown file): Failure$")
_CATCH = re.compile(r"(?P<path>.{1,1000}?):(?P<lineno>[0-9]{1,9}): FAILED:$")
_CATCH_TITLE = re.compile(r"-{60,}$")
_DOCTEST = re.compile(r"(?P<path>.{1,1000}?)[:(](?P<lineno>[0-9]{1,9})\)?: (?:FATAL )?ERROR: (?P<message>.*)$")
_DOCTEST_NAME = re.compile(r"(?:TEST CASE|  Scenario): +(?P<name>.*)$")
_BOOST = re.compile(
    r"(?P<path>.{1,1000}?)[(:](?P<lineno>[0-9]{1,9})\)?: (?:fatal )?error: "
    r"in \"(?P<name>[^\"]{1,500})\": (?P<message>.*)$"
)
_CHECKPOINT = re.compile(r"(?P<path>.{1,1000}?)[(:](?P<lineno>[0-9]{1,9})\)?: last checkpoint")
_MAX_MESSAGE_LINES = 60
_MAX_LINES_ABOVE = 40


class GoogleTest:
    """Reads GoogleTest's failures; a test's name stands once above all of its failures."""

    def __init__(self) -> None:
        self._test: str | None = None

    def follow(self, lines: Sequence[str], index: int) -> Found | None:
        """Take note of "[ RUN      ] Cart.AddsPrices"."""
        if match := _RUN.match(lines[index]):
            self._test = match["name"]
        return None

    def end(self, lines: Sequence[str], index: int) -> Found | None:
        """Take note of "[       OK ]" and "[  FAILED  ]"."""
        if lines[index].startswith("["):
            self._test = None
        return None

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the failure that "cart_test.cpp:17: Failure" begins."""
        match = _GOOGLE.match(lines[index])
        if match is None:
            return None
        end = index + 1
        while end < min(len(lines), index + _MAX_MESSAGE_LINES) and lines[end].strip():
            if lines[end].startswith("[") or _GOOGLE.match(lines[end]):
                break
            end += 1
        message = "\n".join(line.rstrip() for line in lines[index + 1 : end])
        frames = (make_frame(match["path"], int(match["lineno"])),) if match["path"] else ()
        return _found(message, frames, self._test, index, end)


def read_catch(lines: Sequence[str], index: int) -> Found | None:
    """Return Catch2's failure that "cart_test.cpp:14: FAILED:" begins; the test's name stands above, between rules."""
    match = _CATCH.match(lines[index])
    if match is None:
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_MESSAGE_LINES) and lines[end].strip():
        end += 1
    message = "\n".join(line.strip() for line in lines[index + 1 : end])
    rules = [above for above in range(max(index - _MAX_LINES_ABOVE, 0), index) if _CATCH_TITLE.match(lines[above])][-2:]
    names = [line.strip() for line in lines[rules[0] + 1 : rules[1]]] if len(rules) == 2 else []
    return _found(message, (make_frame(match["path"], int(match["lineno"])),), " / ".join(names) or None, index, end)


def read_doctest(lines: Sequence[str], index: int) -> Found | None:
    """Return doctest's failure of "cart_test.cpp:14: ERROR: CHECK( ... ) is NOT correct!"."""
    match = _DOCTEST.match(lines[index])
    if match is None:
        return None
    above = range(max(index - _MAX_LINES_ABOVE, 0), index)
    names = [name["name"] for number in above if (name := _DOCTEST_NAME.match(lines[number]))]
    if not names:
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_MESSAGE_LINES) and lines[end].startswith("  "):
        end += 1
    message = "\n".join(line.strip() for line in (match["message"], *lines[index + 1 : end]))
    return _found(message, (make_frame(match["path"], int(match["lineno"])),), names[-1].strip(), index, end)


def read_boost(lines: Sequence[str], index: int) -> Found | None:
    """Return Boost.Test's failure of 'cart_test.cpp(14): error: in "suite/case": check a == b has failed [1 != 2]'."""
    match = _BOOST.match(lines[index])
    if match is None:
        return None
    end = index + 1
    place: re.Match[str] | None = match
    if match["path"] == "unknown location":
        # An exception has no place of its own; the last check before it is named.
        place = _CHECKPOINT.match(lines[end]) if end < len(lines) else None
        end += place is not None
    frames = (make_frame(place["path"], int(place["lineno"])),) if place is not None else ()
    return _found(match["message"].rstrip(), frames, match["name"], index, end)


def _found(message: str, frames: tuple[StackFrame, ...], test: str | None, index: int, end: int) -> Found:
    failure = Failure(
        FailureKind.ASSERTION,
        "Failure",
        message,
        frames,
        test_id=test,
        language=language_of(frames) if frames else "cpp",
    )
    return Found.one(failure, Weight.TEST, index, end)
