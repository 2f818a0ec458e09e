"""What Bundler cannot read or find.

Source of the formats: bundler lib/bundler/dsl.rb (``DSLError``) and lib/bundler/resolver.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.ruby.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_PARSING = re.compile(
    r"\[!\] There was an error (?:parsing|while loading) `(?P<path>[^`']{1,500})[`']: (?P<message>.*)$"
)
_FROM = re.compile(r" #  from (?P<path>.{1,1000}):(?P<lineno>[0-9]{1,9})$")
_SOURCE = re.compile(r" >  (?P<text>.*)$")
_MISSING = re.compile(
    r"(?:Could not find (?:gem '|compatible versions|\S{1,200} in (?:any|locally))|Bundler could not find compatible)"
)
_MAX_LINES = 12


def read_gemfile(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "[!] There was an error parsing `Gemfile`: message" with the place below it."""
    match = _PARSING.match(lines[index])
    if match is None:
        return None
    frame: StackFrame | None = None
    source: str | None = None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and (not lines[end].strip() or lines[end].startswith((" #", " >"))):
        if place := _FROM.match(lines[end]):
            frame = make_frame(place["path"], place["lineno"])
        elif marked := _SOURCE.match(lines[end]):
            source = marked["text"].strip() or None
        end += 1
    if frame is None:
        return None
    message = match["message"].removesuffix(" Bundler cannot continue.")
    frame = StackFrame(frame.path, frame.lineno, source_line=source, in_app=frame.in_app)
    kind = FailureKind.SYNTAX_ERROR if "syntax error" in message else FailureKind.EXCEPTION
    return Found.one(Failure(kind, "Gemfile error", message, (frame,), language=LANGUAGE), Weight.UNCAUGHT, index, end)


def read_missing_gem(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "Could not find gem 'x' in ..."."""
    if not _MISSING.match(lines[index]):
        return None
    failure = Failure(FailureKind.EXCEPTION, "missing gem", lines[index].rstrip(), (), language=LANGUAGE)
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)
