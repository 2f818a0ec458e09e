"""A failure log's text to a `ParsedLog`."""

from __future__ import annotations

from qwen_lsp.logparse.judgement import judge
from qwen_lsp.logparse.noise import clean
from qwen_lsp.logparse.registry import FAMILIES
from qwen_lsp.logparse.sighting import Sighting
from qwen_lsp.model import ParsedLog

_EMPTY = "The log is empty; paste the output of the failed command, from its first error line to its end."
_NOTHING_FOUND = (
    "No failure was found in the log; paste the whole output of the failed command: the traceback or stack trace down "
    "to the line that names the error, the test report, or the database's error with its LINE."
)


def parse_log(text: str) -> ParsedLog:
    """Return every failure that ``text`` reports, in the order of the log, exactly one of them primary.

    Never raises. Where nothing was found, ``problems`` says what to paste instead.
    """
    if not text.strip():
        return ParsedLog(problems=(_EMPTY,))
    cleaned = clean(text)
    problems = list(cleaned.problems)
    sightings: list[Sighting] = []
    for read in FAMILIES:
        reading = read(list(cleaned.lines))
        sightings += reading.sightings
        problems += reading.problems
    if not sightings:
        problems.append(_NOTHING_FOUND)
    return ParsedLog(failures=judge(sightings), problems=tuple(problems))
