"""A failure log's text to a `ParsedLog`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from qwen_lsp.logparse.judgement import judge
from qwen_lsp.logparse.noise import clean
from qwen_lsp.logparse.registry import FAMILIES
from qwen_lsp.logparse.sighting import MAX_FIRST_FAILURES, MAX_LAST_FAILURES, Sighting
from qwen_lsp.logparse.windows import MarkFinder, select
from qwen_lsp.logparse.wrapping import find_wrapping, tells_more
from qwen_lsp.messages import say
from qwen_lsp.model import ParsedLog
from qwen_lsp.text import JoinedText


def parse_log(text: str) -> ParsedLog:
    """Return every failure that ``text`` reports, in the order of the log, exactly one of them primary.

    Never raises. Where nothing was found, ``problems`` says what to paste instead.
    """
    if not text or text.isspace():
        empty = say("The log is empty; paste the output of the failed command, from its first error line to its end.")
        return ParsedLog(problems=(empty,))
    parsed = _read(text)
    wrapping = find_wrapping(text)
    if wrapping is not None:
        joined = replace(_read(JoinedText(text, wrapping.breaks).text), breaks=wrapping.breaks)
        if tells_more(joined, parsed, wrapping):
            return joined
    return parsed


def _read(text: str) -> ParsedLog:
    cleaned = clean(text)
    problems = list(cleaned.problems)
    sightings: list[Sighting] = []
    left_out = 0
    for family, excerpt in zip(FAMILIES, select(cleaned.texts, _finder(), FAMILIES), strict=True):
        lines, numbers = excerpt.read()
        if not lines:
            continue
        left_out = max(left_out, excerpt.left_out)
        reading = family.read(lines)
        found: Sequence[Sighting] = [
            replace(one, line_index=numbers[one.line_index], last_line_index=numbers[one.last_line_index])
            for one in reading.sightings
        ]
        sightings += found if family.beside is None else family.beside(found, sightings)
        problems += reading.problems
        if len(reading.sightings) >= MAX_FIRST_FAILURES + MAX_LAST_FAILURES:
            problems.append(
                f"The log holds very many different failures; of each kind only the first {MAX_FIRST_FAILURES} and "
                f"the last {MAX_LAST_FAILURES} are shown."
            )
    if left_out:
        problems.append(
            f"The log is very long; of the lines around its errors {left_out:,} were left out, between the first and "
            "the last ones."
        )
    if not sightings:
        problems.append(
            say(
                "No failure was found in the log; paste the whole output of the failed command: the traceback or stack "
                "trace down to the line that names the error, the test report, or the database's error with its LINE."
            )
        )
    return ParsedLog(failures=judge(sightings), problems=tuple(problems))


@cache
def _finder() -> MarkFinder:
    return MarkFinder(FAMILIES)
