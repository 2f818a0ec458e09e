"""Failing examples of RSpec.

Source of the format: rspec-core lib/rspec/core/formatters/exception_presenter.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.logparse.ruby.frames import LANGUAGE, read_frame
from qwen_lsp.logparse.ruby.stacks import make_failure
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

MARK = "Failure/Error:"
_TITLE = re.compile(r"\s+[0-9]{1,9}(?:\.[0-9]{1,5})?\) (?P<test>.*)$")
# Of an example with several failures (:aggregate_failures) each has a number behind the example's: "2.1) ".
_MARKED = re.compile(rf"\s*(?:(?P<example>[0-9]{{1,9}})\.[0-9]{{1,5}}\) )?(?={MARK})")
_OUTSIDE = re.compile(r"An error occurred (?:while loading|in) (?P<what>.*?)\.?(?: - Did you mean\?)?$")
_CLASS = re.compile(r"(?P<type>[A-Z]\w{0,200}(?:::[A-Z]\w{0,200}){0,20}):$")
_CAUSED = "# --- Caused by: ---"
_MAX_LINES = 300
_MAX_LINES_ABOVE = 8


def read_example(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing example whose line "Failure/Error:" is at ``index``."""
    marked = _MARKED.match(lines[index])
    if marked is None:
        return None
    title = _title_above(lines, index) if marked["example"] is None else _title_of(lines, index, marked["example"])
    if title is None:
        return None
    start, test = title
    margin = marked.end()
    end = index + 1
    code = [lines[index][margin:].removeprefix(MARK).strip()]
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip() and not lines[end].lstrip().startswith("# "):
        code.append(lines[end].strip())
        end += 1
    text: list[str] = []
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].lstrip().startswith("# "):
        if lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) < margin:
            break
        text.append(lines[end][margin:].rstrip())
        end += 1
    trace: list[str] = []
    while end < len(lines) and lines[end].lstrip().startswith("# "):
        trace.append(lines[end].lstrip().removeprefix("# "))
        end += 1
    return Found.one(replace(_read(text, trace, code), test_id=test), Weight.TEST, start, end)


def _title_above(lines: Sequence[str], index: int) -> tuple[int, str] | None:
    """Return where the example's title stands, and the title.

    A pending example, whose failure is expected, has its reason between title and failure.
    """
    for above in range(index - 1, max(index - 1 - _MAX_LINES_ABOVE, -1), -1):
        line = lines[above]
        if match := _TITLE.match(line):
            return above, match["test"].strip()
        if match := _OUTSIDE.match(line):
            return above, match["what"].strip()
        if line.lstrip().startswith("# "):
            return None
    return None


def _title_of(lines: Sequence[str], index: int, example: str) -> tuple[int, str] | None:
    """Return where the failure of an example with several begins, and the title of ``example``, its number."""
    for above in range(index - 1, max(index - 1 - _MAX_LINES, -1), -1):
        text = lines[above].lstrip()
        if text.startswith(f"{example}) "):
            return index, text.partition(") ")[2].strip()
    return None


def _read(text: Sequence[str], trace: Sequence[str], code: Sequence[str]) -> Failure:
    """Return the failure of an exception's ``text``, its ``trace`` and the ``code`` that raised it."""
    caused = [number for number, line in enumerate(trace) if f"# {line}" == _CAUSED]
    cause: Failure | None = None
    if caused:
        below = trace[caused[0] + 1 :]
        frames = [line for line in below if read_frame(line.strip()) is not None]
        cause = _read([line for line in below if line not in frames and not line.startswith("---")], frames, ())
        trace = trace[: caused[0]]
    frames_here = tuple(reversed([frame for line in trace if (frame := read_frame(line.strip())) is not None]))
    body = [line.strip() for line in text]
    while body and not body[0]:
        body.pop(0)
    named = _CLASS.match(body[0]) if body else None
    underlined = next((number for number in range(1, len(text)) if is_underline(text[number])), None)
    frames_here = _with_code(frames_here, code, (text[underlined - 1], text[underlined]) if underlined else None)
    if named is None:
        message = "\n".join(line for line in body if line)
        return Failure(FailureKind.ASSERTION, "ExpectationNotMetError", message, frames_here, language=LANGUAGE)
    kept = [
        line for number, line in enumerate(text) if underlined is None or number not in (underlined, underlined - 1)
    ]
    message = "\n".join([line.strip() for line in kept if line.strip()][1:])
    failure = make_failure(named["type"], message, frames_here)
    return replace(failure, cause=cause, cause_is_explicit=cause is not None)


def _with_code(
    frames: tuple[StackFrame, ...], code: Sequence[str], underlined: tuple[str, str] | None
) -> tuple[StackFrame, ...]:
    """Return ``frames`` with the source of the innermost one of the user's own: the code is looked for there."""
    place = next((number for number in range(len(frames) - 1, -1, -1) if frames[number].in_app), None)
    if place is None or not (code or underlined):
        return frames
    frame = (
        with_source(frames[place], *underlined) if underlined else replace(frames[place], source_line=code[0] or None)
    )
    return (*frames[:place], frame, *frames[place + 1 :])
